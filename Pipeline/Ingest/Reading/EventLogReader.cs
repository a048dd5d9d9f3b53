using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>Reads new files into the state, in order, and writes the rows that become no event to quarantine.</summary>
internal sealed class EventLogReader(IParquetReader reader, IngestOptions options, IngestState state, StageContext context)
{
    public NullCounts Read(IReadOnlyList<NewFile> files, QuarantineFile quarantine)
    {
        var nulls = new NullCounts();
        var decoders = options.Events.Select((source, i) => new EventDecoder(source, i, options, state)).ToArray();
        // All mappings are checked before the first row is read: a night must not fail at its last file for a name.
        var columns = new IReadOnlyList<string>[files.Count];
        long total = 0;
        for (int f = 0; f < files.Count; f++)
        {
            var info = reader.Inspect(files[f].Path);
            columns[f] = decoders[files[f].Source].ColumnsOf(info);
            total += info.Rows;
        }
        Reserve(total);
        long done = 0;
        for (int f = 0; f < files.Count; f++)
        {
            Read(files[f], columns[f], decoders[files[f].Source], quarantine, nulls, ref done, total);
            context.Progress.Step("read", done, total, "row");
        }
        return nulls;
    }

    private void Reserve(long rows)
    {
        bool Any(Func<EventSourceOptions, bool> mapped) => options.Events.Exists(e => mapped(e));
        state.Events.HasTime |= Any(e => e.Columns.Time is not null);
        state.Events.Reserve(
            rows,
            amounts: Any(e => e.Columns.Quantity is not null || e.Columns.Value is not null),
            prices: Any(e => e.Columns.Price is not null),
            groups: Any(e => e.Columns.Group is not null),
            texts: Any(e => e.Columns.Text is not null));
    }

    private void Read(NewFile file, IReadOnlyList<string> columns, EventDecoder decoder, QuarantineFile quarantine, NullCounts nulls, ref long done, long total)
    {
        var source = options.Events[file.Source];
        var quarantined = new long[RowStatuses.Count];
        int first = state.Events.Count;
        long rows = 0;
        long told = done;
        foreach (var batch in reader.Read(file.Path, columns, context.Cancellation))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (batch.FirstRow + batch.RowCount > uint.MaxValue)
                throw new RunFailedException($"{file.Path}: it has more than {uint.MaxValue:N0} rows; split it");
            decoder.Decode(batch, nulls);
            quarantine.Add(file.Key, batch, decoder.Batch, source, quarantined);
            if (state.Events.Count + batch.RowCount > state.Events.Users.Length) Reserve(batch.RowCount);
            state.Events.Append(decoder.Batch);
            rows += batch.RowCount;
            done += batch.RowCount;
            if (done - told < 1_000_000) continue;
            told = done;
            context.Progress.Step("read", done, total, "row");
        }
        state.Files.Add(new KnownFile(file.Key, file.Bytes, file.Sha256, rows, first, state.Events.Count - first, quarantined));
    }
}
