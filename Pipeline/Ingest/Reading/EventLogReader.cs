using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>Reads new files into the state, in order, and writes the rows that become no event to quarantine.</summary>
/// <param name="isForgotten">Whether a user, by id, asked to be forgotten; null where nobody did.</param>
internal sealed class EventLogReader(
    IParquetReader reader, IngestOptions options, IngestState state, StageContext context, Func<ReadOnlySpan<byte>, bool>? isForgotten = null)
{
    private readonly Dictionary<(int Source, string Column), bool> _elsewhere = [];
    private readonly SortedDictionary<int, ConfigurationException> _mapping = [];

    /// <summary>New files that could not be read and were left for the next night, with their causes.</summary>
    public List<ParquetFileException> Unreadable { get; } = [];

    public NullCounts Read(IReadOnlyList<NewFile> files, QuarantineFile quarantine)
    {
        var nulls = new NullCounts();
        var decoders = options.Events.Select((source, i) => new EventDecoder(source, i, options, state, isForgotten)).ToArray();
        // All mappings are checked before the first row is read: a night must not fail at its last file for a name.
        var columns = new MappedColumns?[files.Count];
        var lacking = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        long total = 0;
        for (int f = 0; f < files.Count; f++)
        {
            if (Open(files, f, decoders[files[f].Source]) is not var (mapped, rows)) continue;
            columns[f] = mapped;
            foreach (string column in mapped.Lacking)
            {
                string name = $"{options.Events[files[f].Source].Name}: column '{column}'";
                if (!lacking.TryGetValue(name, out var those)) lacking[name] = those = [];
                those.Add(files[f].Key);
            }
            total += rows;
        }
        foreach (var (column, those) in lacking)
            context.Progress.Note($"{column} is not in {those.Count:N0} of the new files ({those[0]}{(those.Count > 1 ? ", ..." : "")}); there it is null");
        foreach (var (source, e) in _mapping)
            if (!files.Where((file, f) => file.Source == source && columns[f] is not null).Any()) throw e;
        if (Unreadable.Count > 0 && Unreadable.Count == files.Count && state.Files.Count == 0)
            throw new RunFailedException($"none of the {files.Count:N0} files of the logs can be read; the first: {Unreadable[0].Message}");
        Reserve(total);
        long done = 0;
        for (int f = 0; f < files.Count; f++)
        {
            if (columns[f] is not { } mapped) continue;
            Read(files[f], mapped, decoders[files[f].Source], quarantine, nulls, ref done, total);
            context.Progress.Step("read", done, total, "row");
        }
        return nulls;
    }

    /// <summary>The columns of a file and its rows; null where it cannot be read and is left for the next night.</summary>
    private (MappedColumns Columns, long Rows)? Open(IReadOnlyList<NewFile> files, int f, EventDecoder decoder)
    {
        var file = files[f];
        ParquetFileInfo? info = null;
        try
        {
            if (file.Unreadable is not null) throw file.Unreadable;
            info = reader.Inspect(file.Path);
            var columns = decoder.ColumnsOf(reader, info, column => IsElsewhere(file.Source, files, column));
            // What is appended to the state cannot be taken out of it again, so a file that may be damaged is read to its end first.
            if (options.UnreadableFiles == UnreadableFilePolicy.Skip)
                foreach (var _ in columns.Read(context.Cancellation)) context.Cancellation.ThrowIfCancellationRequested();
            return (columns, info.Rows);
        }
        catch (ParquetFileException e) when (options.UnreadableFiles == UnreadableFilePolicy.Skip)
        {
            Leave(e);
            return null;
        }
        catch (ConfigurationException e) when (options.UnreadableFiles == UnreadableFilePolicy.Skip)
        {
            // A file of another schema is foreign where others of its log have what is mapped; else it is the mapping that is wrong. One that has no mapped
            // column at all, left behind by an earlier run, is foreign though no other comes.
            if (info is null || decoder.HasAny(info) || !IsKnown(file.Source)) _mapping.TryAdd(file.Source, WithWayOut(e));
            Leave(new ParquetFileException(file.Path, e.Message, e));
            return null;
        }
        catch (ParquetFileException e)
        {
            throw WithWayOut(e);
        }
    }

    private void Leave(ParquetFileException e)
    {
        Unreadable.Add(e);
        context.Progress.Note($"left for the next night: {e.Message}");
    }

    private bool IsKnown(int source) => state.Files.Exists(f => f.File.StartsWith(options.Events[source].Name + ":", StringComparison.Ordinal));

    private static ConfigurationException WithWayOut(ConfigurationException e) => new(
        e.Message + ". No other new file of this log could be read, so it is not left out: mend the mapping, or move a file of another schema elsewhere", e);

    private static ParquetFileException WithWayOut(ParquetFileException e) =>
        new(e.File, e.Cause + ". Ingest:UnreadableFiles = Skip leaves such files for the next night and counts them", e);

    // Asked only where a file lacks a column: first of the files that are read, then of those that earlier nights read.
    private bool IsElsewhere(int source, IReadOnlyList<NewFile> files, string column) =>
        _elsewhere.TryGetValue((source, column), out bool known) ? known : _elsewhere[(source, column)] =
        files.Where(f => f.Source == source).Select(f => f.Path).Concat(reader.Expand(options.Events[source].Path)).Distinct(StringComparer.Ordinal)
            .Any(path => Has(path, column));

    private bool Has(string path, string column)
    {
        try
        {
            return MappedColumns.Has(reader.Inspect(path), column);
        }
        catch (ParquetFileException)
        {
            // A file that cannot be read is named where it is read; it has no columns to compare with.
            return false;
        }
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

    private void Read(NewFile file, MappedColumns columns, EventDecoder decoder, QuarantineFile quarantine, NullCounts nulls, ref long done, long total)
    {
        var source = options.Events[file.Source];
        // Rows that are not merged would count twice.
        if (!options.MergeDuplicates && state.Files.Exists(f => f.Sha256 == file.Sha256 && f.Rows > 0) && HivePath.Of(file.Path).Count == 0)
        {
            state.Files.Add(new KnownFile(file.Key, file.Bytes, file.Sha256, 0, state.Events.Count, 0, new long[RowStatuses.Count]));
            return;
        }
        var quarantined = new long[RowStatuses.Count];
        int first = state.Events.Count;
        long rows = 0;
        long told = done;
        foreach (var batch in Batches(columns))
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

    private IEnumerable<ColumnBatch> Batches(MappedColumns columns)
    {
        using var batches = columns.Read(context.Cancellation).GetEnumerator();
        while (true)
        {
            try
            {
                if (!batches.MoveNext()) yield break;
            }
            catch (ParquetFileException e)
            {
                throw WithWayOut(e);
            }
            yield return batches.Current;
        }
    }
}
