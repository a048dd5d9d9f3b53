using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Feedback.Join;

/// <summary>Reads the logs of impressions and clicks: files that the run before read come from what it kept.</summary>
/// <param name="before">Folder of the run before; null where there is none.</param>
/// <param name="keep">Folder of this run, where the next one finds what was read.</param>
internal sealed class FeedbackReader(IParquetReader reader, FeedbackOptions options, string? before, string keep, StageContext context)
{
    private readonly List<FeedbackLogOptions> _logs = options.Logs;
    private readonly KnownLogs _known = new(before, options.VerifyKnownFiles);

    /// <summary>Whether a user, by id, asked to be forgotten: nothing is kept of their rows; null: nobody did.</summary>
    public Func<ReadOnlySpan<byte>, bool>? IsForgotten { get; init; }

    /// <summary>Files whose rows were read.</summary>
    public int FilesRead { get; private set; }

    /// <exception cref="ConfigurationException">A mapped column is missing or of a type that cannot be used.</exception>
    /// <exception cref="RunFailedException">There is no file, or there are more rows than can be held.</exception>
    public FeedbackRows Read()
    {
        var files = new List<(int Log, KnownLog File, MappedColumns Columns, string Name)>();
        long total = 0;
        for (int l = 0; l < _logs.Count; l++)
        {
            string mapping = KnownLogs.Mapping(_logs[l], l);
            var infos = reader.Expand(_logs[l].Path).Select(reader.Inspect).ToList();
            foreach (var info in infos)
            {
                var columns = Columns(
                    new MappedColumns(reader, info, column => infos.Exists(i => MappedColumns.Has(i, column))), _logs[l].Columns,
                    $"Feedback:Logs:{l}:Columns");
                foreach (string lacking in columns.Lacking) context.Progress.Note($"column '{lacking}' is not in {info.File}; there it is null");
                files.Add((l, _known.Of(info.File, mapping, info.Rows), columns, $"{_logs[l].Name}:{Path.GetFileName(info.File)}"));
                total += info.Rows;
            }
        }
        if (total > Array.MaxLength)
        {
            throw new RunFailedException(
                $"the feedback logs have {total} rows, more than {Array.MaxLength}; map fewer files, those of the versions that are kept suffice");
        }
        var rows = new FeedbackRows((int)total);
        foreach (var (log, file, columns, name) in files)
        {
            int first = rows.Count;
            if (!Take(file, rows))
            {
                foreach (var batch in columns.Read(context.Cancellation))
                {
                    context.Cancellation.ThrowIfCancellationRequested();
                    Add(rows, batch, log);
                }
                FilesRead++;
                FeedbackRowsFile.Write(Kept(file), rows, first);
            }
            rows.Files.Add(new FeedbackFile(name, first, rows.Count - first));
            context.Progress.Step("read", rows.Count, total, "row");
        }
        KnownLogs.Save(keep, files.Select(f => f.File));
        return rows.Count == total
            ? rows
            : throw new RunFailedException(
                $"the feedback logs gave {rows.Count} rows and say that they have {total}; a file changed while it was read: run again");
    }

    private string Kept(KnownLog file) => Path.Combine(keep, KnownLogs.RowsFolder, file.RowsFile);

    /// <summary>Takes what an earlier run read, and keeps it for the next.</summary>
    private bool Take(KnownLog file, FeedbackRows rows)
    {
        if (_known.RowsOf(file) is not { } known) return false;
        try
        {
            FeedbackRowsFile.Append(known, rows);
        }
        catch (ArtifactException e)
        {
            context.Progress.Note($"{file.Path} is read again: {e.Message}");
            return false;
        }
        Directory.CreateDirectory(Path.Combine(keep, KnownLogs.RowsFolder));
        File.Copy(known, Kept(file), overwrite: true);
        return true;
    }

    private static MappedColumns Columns(MappedColumns columns, FeedbackColumns c, string key) => columns
        .Want(key + ":User", c.User, ColumnRole.Id).Want(key + ":Item", c.Item, ColumnRole.Id).Want(key + ":Version", c.Version, ColumnRole.Id)
        .Want(key + ":Kind", c.Kind, ColumnRole.Kind, mayLack: true).Want(key + ":Rank", c.Rank, ColumnRole.Number, mayLack: true)
        .Want(key + ":Time", c.Time, ColumnRole.Time, mayLack: true);

    private void Add(FeedbackRows rows, ColumnBatch batch, int number)
    {
        var log = _logs[number];
        var c = log.Columns;
        var (user, item, version) = (batch.Find(c.User), batch.Find(c.Item), batch.Find(c.Version));
        var (kind, rank, time) = (batch.Find(c.Kind), batch.Find(c.Rank), batch.Find(c.Time));
        var plain = FeedbackKinds.Of(log.DefaultKind)!.Value;
        var map = Map(log);
        Span<byte> scratch = stackalloc byte[CellText.MaxLength];
        for (int row = 0; row < batch.RowCount; row++)
        {
            int at = rows.Count++;
            ref var status = ref rows.Statuses[at];
            if (IsNull(user, row)) status = FeedbackStatus.NullUser;
            else if (IsForgotten?.Invoke(CellText.Of(user!, row, scratch)) == true) status = FeedbackStatus.Forgotten;
            else if (IsNull(item, row)) status = FeedbackStatus.NullItem;
            else if (IsNull(version, row)) status = FeedbackStatus.NullVersion;
            else if (c.Time is not null && IsNull(time, row)) status = FeedbackStatus.NullTime;
            else if (c.Rank is not null && IsNull(rank, row)) status = FeedbackStatus.NullRank;
            else if ((c.Kind is null ? plain : Kind(kind, row, map, scratch)) is { } known) rows.Kinds[at] = known;
            else status = FeedbackStatus.UnknownKind;
            if (status != FeedbackStatus.Joined) continue;
            rows.Users[at] = rows.UserIds.Add(CellText.Of(user!, row, scratch));
            rows.Items[at] = rows.ItemIds.Add(CellText.Of(item!, row, scratch));
            rows.Versions[at] = rows.VersionIds.Add(Named(CellText.Of(version!, row, scratch)));
            if (rank is not null) rows.Ranks[at] = Rank(CellText.Of(rank, row, scratch));
            if (time is not null) (rows.Times[at], rows.Scales[at]) = ClickTimes.Of(time, row, log.EpochUnit, number);
        }
    }

    // The read API's ETag has behind the version how often prices changed under it; lists did not.
    private static ReadOnlySpan<byte> Named(ReadOnlySpan<byte> version) => version.IndexOf((byte)'+') is > 0 and int at ? version[..at] : version;

    private static bool IsNull(Column? column, int row) => column is null || CellText.IsNull(column, row);

    // A rank that cannot be one is not a published one either.
    private static int Rank(ReadOnlySpan<byte> text) =>
        NumberText.TryParse(text, out double rank) && rank == Math.Floor(rank) && rank is > 0 and <= int.MaxValue ? (int)rank : -1;

    private static FeedbackKind? Kind(Column? column, int row, (IdMap Raw, FeedbackKind[] Kinds)? map, Span<byte> scratch)
    {
        if (IsNull(column, row)) return null;
        var raw = CellText.Of(column!, row, scratch);
        // The map adds names; what it does not name keeps its standard name.
        if (map?.Raw.Find(raw) is >= 0 and var found) return map.Value.Kinds[found];
        raw = raw.Trim(" \t"u8);
        return Ascii.EqualsIgnoreCase(raw, "impression"u8) ? FeedbackKind.Impression
            : Ascii.EqualsIgnoreCase(raw, "click"u8) ? FeedbackKind.Click
            : Ascii.EqualsIgnoreCase(raw, "purchase"u8) ? FeedbackKind.Purchase : null;
    }

    /// <summary>The log's raw values as bytes; null where they are the kinds' own names.</summary>
    private static (IdMap Raw, FeedbackKind[] Kinds)? Map(FeedbackLogOptions log)
    {
        if (log.KindMap.Count == 0) return null;
        var raw = new IdMap(16);
        foreach (string name in log.KindMap.Keys) raw.Add(name);
        return (raw, [.. log.KindMap.Values.Select(k => FeedbackKinds.Of(k)!.Value)]);
    }
}
