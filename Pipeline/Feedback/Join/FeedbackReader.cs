using System.Buffers.Text;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Feedback.Join;

/// <summary>Reads the logs of impressions and clicks.</summary>
internal sealed class FeedbackReader(IParquetReader reader, IReadOnlyList<FeedbackLogOptions> logs, StageContext context)
{
    private static readonly ColumnType[] IdTypes = [ColumnType.Utf8, ColumnType.Int32, ColumnType.Int64];
    private static readonly ColumnType[] TimeTypes = [ColumnType.Timestamp, ColumnType.Int64, ColumnType.Int32, ColumnType.Double, ColumnType.Utf8];

    private readonly IdMap _times = new(16);

    /// <exception cref="ConfigurationException">A mapped column is missing or of a type that cannot be used.</exception>
    /// <exception cref="RunFailedException">There is no file, or there are more rows than can be held.</exception>
    public FeedbackRows Read()
    {
        var files = new List<(int Log, string Path, IReadOnlyList<string> Columns, string Name)>();
        long total = 0;
        for (int l = 0; l < logs.Count; l++)
        {
            foreach (string path in reader.Expand(logs[l].Path))
            {
                var info = reader.Inspect(path);
                files.Add((l, path, Columns(info, logs[l].Columns, $"Feedback:Logs:{l}:Columns"), $"{logs[l].Name}:{Path.GetFileName(path)}"));
                total += info.Rows;
            }
        }
        if (total > Array.MaxLength) throw new RunFailedException($"the feedback logs have {total} rows, more than {Array.MaxLength}; map fewer files, those of the versions that are kept suffice");
        var rows = new FeedbackRows((int)total);
        foreach (var (log, path, columns, name) in files)
        {
            int first = rows.Count;
            foreach (var batch in reader.Read(path, columns, context.Cancellation))
            {
                context.Cancellation.ThrowIfCancellationRequested();
                Add(rows, batch, logs[log]);
            }
            rows.Files.Add(new FeedbackFile(name, first, rows.Count - first));
            context.Progress.Step("read", rows.Count, total, "row");
        }
        return rows.Count == total ? rows : throw new RunFailedException($"the feedback logs gave {rows.Count} rows and say that they have {total}; a file changed while it was read: run again");
    }

    private static IReadOnlyList<string> Columns(ParquetFileInfo info, FeedbackColumns c, string key) => new MappedColumns(info)
        .Want(key + ":User", c.User, IdTypes).Want(key + ":Item", c.Item, IdTypes).Want(key + ":Version", c.Version, IdTypes)
        .Want(key + ":Kind", c.Kind, ColumnType.Utf8, ColumnType.Int32, ColumnType.Int64, ColumnType.Boolean)
        .Want(key + ":Rank", c.Rank, ColumnType.Int32, ColumnType.Int64).Want(key + ":Time", c.Time, TimeTypes).Names;

    private void Add(FeedbackRows rows, ColumnBatch batch, FeedbackLogOptions log)
    {
        var c = log.Columns;
        var (user, item, version) = (batch[c.User!], batch[c.Item!], batch[c.Version!]);
        var (kind, rank, time) = (Optional(batch, c.Kind), Optional(batch, c.Rank), Optional(batch, c.Time));
        var plain = FeedbackKinds.Of(log.DefaultKind)!.Value;
        var map = Map(log);
        Span<byte> digits = stackalloc byte[24];
        for (int row = 0; row < batch.RowCount; row++)
        {
            int at = rows.Count++;
            ref var status = ref rows.Statuses[at];
            if (user.IsNull(row)) status = FeedbackStatus.NullUser;
            else if (item.IsNull(row)) status = FeedbackStatus.NullItem;
            else if (version.IsNull(row)) status = FeedbackStatus.NullVersion;
            else if (time?.IsNull(row) == true) status = FeedbackStatus.NullTime;
            else if (rank?.IsNull(row) == true) status = FeedbackStatus.NullRank;
            else if ((kind is null ? plain : Kind(kind, row, map, digits)) is { } known) rows.Kinds[at] = known;
            else status = FeedbackStatus.UnknownKind;
            if (status != FeedbackStatus.Joined) continue;
            rows.Users[at] = rows.UserIds.Add(Bytes(user, row, digits));
            rows.Items[at] = rows.ItemIds.Add(Bytes(item, row, digits));
            rows.Versions[at] = rows.VersionIds.Add(Bytes(version, row, digits));
            if (rank is not null) rows.Ranks[at] = rank is ValueColumn<int> narrow ? narrow.Values[row] : (int)Math.Clamp(((ValueColumn<long>)rank).Values[row], int.MinValue, int.MaxValue);
            // A rank that cannot be one is not a published one either.
            if (rank is not null && rows.Ranks[at] == 0) rows.Ranks[at] = -1;
            if (time is not null) rows.Times[at] = Time(time, row);
        }
    }

    private static FeedbackKind? Kind(Column column, int row, (IdMap Raw, FeedbackKind[] Kinds)? map, Span<byte> digits)
    {
        if (column.IsNull(row)) return null;
        var raw = Bytes(column, row, digits);
        if (map is null) return Ascii.EqualsIgnoreCase(raw, "impression"u8) ? FeedbackKind.Impression : Ascii.EqualsIgnoreCase(raw, "click"u8) ? FeedbackKind.Click : null;
        int found = map.Value.Raw.Find(raw);
        return found < 0 ? null : map.Value.Kinds[found];
    }

    /// <summary>The log's raw values as bytes; null where they are the kinds' own names.</summary>
    private static (IdMap Raw, FeedbackKind[] Kinds)? Map(FeedbackLogOptions log)
    {
        if (log.KindMap.Count == 0) return null;
        var raw = new IdMap(16);
        foreach (string name in log.KindMap.Keys) raw.Add(name);
        return (raw, [.. log.KindMap.Values.Select(k => FeedbackKinds.Of(k)!.Value)]);
    }

    private long Time(Column column, int row) => column switch
    {
        ValueColumn<long> c => c.Values[row],
        ValueColumn<int> c => c.Values[row],
        ValueColumn<double> c => BitConverter.DoubleToInt64Bits(c.Values[row]),
        Utf8Column c => _times.Add(c[row]),
        _ => throw new InvalidOperationException($"column '{column.Field.Name}' of type {column.Field.Type} is not a time"),
    };

    private static ReadOnlySpan<byte> Bytes(Column column, int row, Span<byte> digits)
    {
        int length;
        switch (column)
        {
            case Utf8Column c:
                return c[row];
            case ValueColumn<int> c:
                Utf8Formatter.TryFormat(c.Values[row], digits, out length);
                return digits[..length];
            case ValueColumn<long> c:
                Utf8Formatter.TryFormat(c.Values[row], digits, out length);
                return digits[..length];
            case ValueColumn<bool> c:
                return c.Values[row] ? "true"u8 : "false"u8;
            default:
                throw new InvalidOperationException($"column '{column.Field.Name}' of type {column.Field.Type} is not an id");
        }
    }

    private static Column? Optional(ColumnBatch batch, string? name) => name is null ? null : batch[name];
}
