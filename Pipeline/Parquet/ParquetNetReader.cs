using Microsoft.Win32.SafeHandles;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet.Columns;
using Recsys.Batch.Pipeline.Parquet.Footer;
using Recsys.Batch.Pipeline.Parquet.Pages;

namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>
/// Parquet through Parquet.Net. Footers and page headers are read and checked here; the library decodes pages, some of them at a time, so memory is
/// bounded by pages and not by row groups (<see cref="ParquetReadLimits.MemoryMegabytes"/>).
/// </summary>
internal sealed class ParquetNetReader : IParquetReader
{
    private const int BatchRows = ParquetBatches.MaxRowCount;
    private const int BatchTextBytes = 64 << 20;

    /// <summary>Fewer are decoded before threads have begun.</summary>
    private const int RowsWorthThreads = 1 << 16;

    private readonly ParquetReadLimits _limits;

    public ParquetNetReader(ParquetReadLimits? limits = null) => _limits = limits ?? new();

    public string Engine => ParquetFiles.Engine;

    public IReadOnlyList<string> Expand(string pattern) => FilePattern.Expand(pattern);

    public FileListing List(string pattern) => FilePattern.List(pattern);

    public ParquetFileInfo Inspect(string file)
    {
        using var handle = Open(file);
        var footer = FooterReader.Read(file, handle);
        var columns = Describe(file, footer);
        var fields = columns.Where(c => c.Field is not null && !c.OnlyByName)
            .Select(c => c.Field!)
            .Concat(Hive(file, columns).Select(h => new ColumnField(h.Key, ColumnType.Utf8)))
            .ToList();
        var skipped = columns.Where(c => !c.IsMember && (c.Field is null || c.OnlyByName)).Select(c => new SkippedColumn(c.Name, c.Reason)).ToList();
        return new ParquetFileInfo(file, footer.Rows, footer.Groups.Count, RandomAccess.GetLength(handle), fields)
        {
            Skipped = skipped,
            ByName = [.. columns.Where(c => c.OnlyByName && c.Leaf!.MaxRepetition == 0).Select(c => c.Field!)],
            Inside = [.. columns.SelectMany(c => c.Inside.Select(path => (path, c.Name)))],
            Exact = columns.Where(c => c.ExactField != c.Field).ToDictionary(c => c.Name, c => c.ExactField!),
        };
    }

    public IEnumerable<ColumnBatch> Read(string file, IReadOnlyList<string>? columns = null, CancellationToken cancellation = default)
    {
        RequireFile(file);
        return Stream(file, columns, null, cancellation);
    }

    public IEnumerable<ColumnBatch> Read(string file, IReadOnlyList<string>? columns, IReadOnlySet<string> exact, CancellationToken cancellation)
    {
        RequireFile(file);
        return Stream(file, columns, exact, cancellation);
    }

    public bool IsAllNull(string file, string column, CancellationToken cancellation = default)
    {
        using var handle = Open(file);
        var footer = FooterReader.Read(file, handle);
        var all = Describe(file, footer);
        var found = all.Find(c => c.Name == column);
        if (found is null)
            return Hive(file, all).Any(h => h.Key == column) ? Hive(file, all).First(h => h.Key == column).Value is null : throw Missing(file, column, all, []);
        if (found.Field?.Type == ColumnType.Double)
        {
            return Read(file, [column], cancellation).All(
                b => Enumerable.Range(0, b.RowCount).All(row => b.Columns[0].IsNull(row) || double.IsNaN(((ValueColumn<double>)b.Columns[0]).Values[row])));
        }
        var source = new PageSource(file, handle, footer);
        foreach (var leaf in found.Leaves)
        {
            using var chunks = new ChunkReader(source, column, leaf, new MemoryBudget(file, _limits.MemoryMegabytes), _limits.VerifyChecksums, cancellation);
            while (chunks.Next() is { } run)
                if (run.Present > 0) return false;
        }
        return true;
    }

    private IEnumerable<ColumnBatch> Stream(string file, IReadOnlyList<string>? names, IReadOnlySet<string>? exact, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var handle = Open(file);
        var footer = FooterReader.Read(file, handle);
        var all = Describe(file, footer);
        var hive = Hive(file, all).ToList();
        var chosen = Choose(file, all, hive, names);
        var stored = chosen.OfType<StoredColumn>().ToList();
        var source = new PageSource(file, handle, footer);
        var budget = new MemoryBudget(file, _limits.MemoryMegabytes);
        using var turns = _limits.EffectiveThreads > 1 && footer.Rows > RowsWorthThreads ? new SemaphoreSlim(_limits.EffectiveThreads) : null;
        var sources = stored.Select(c => ColumnSources.Create(
            c, BatchRows, new ChunkReader(source, c.Name, c.Leaf!, budget, _limits.VerifyChecksums, cancellation) { GivesCodes = TextSource.TakesCodes(c) },
            turns, exact?.Contains(c.Name) == true)).ToArray();
        var constants = hive.ToDictionary(h => h.Key, h => new ConstantText(h.Key, h.Value));
        try
        {
            foreach (var column in sources) column.Start();
            long total = footer.Rows;
            for (long first = 0; first < total;)
            {
                cancellation.ThrowIfCancellationRequested();
                int rows = Fill(file, sources, (int)Math.Min(BatchRows, total - first), cancellation);
                int next = 0;
                yield return new ColumnBatch(
                    file, first, rows, [.. chosen.Select(c => c is StoredColumn ? sources[next++].ToColumn() : constants[(string)c].Of(rows))]);
                first += rows;
            }
        }
        finally
        {
            foreach (var column in sources) column.Dispose();
        }
    }

    private static int Fill(string file, ColumnSource[] sources, int most, CancellationToken cancellation)
    {
        if (sources.Length == 0) return most;
        foreach (var source in sources) source.Clear();
        int rows = 0;
        while (rows < most)
        {
            int step = most - rows;
            foreach (var source in sources)
            {
                step = source.Ready(step);
                if (step == 0)
                {
                    throw new ParquetFileException(
                        file, "its columns have fewer rows than its row groups say; the file is corrupt; download or export it again");
                }
                cancellation.ThrowIfCancellationRequested();
            }
            if (!Array.TrueForAll(sources, s => s.Joins)) break;
            foreach (var source in sources) source.Append(step);
            rows += step;
            if (sources.Any(s => s.TextBytes > BatchTextBytes)) break;
        }
        return rows;
    }

    // Members of the result: StoredColumn for what the file stores, string for a key of its folders.
    private static List<object> Choose(string file, List<StoredColumn> all, List<(string Key, string? Value)> hive, IReadOnlyList<string>? names)
    {
        if (names is null) return [.. all.Where(c => c.Field is not null && !c.OnlyByName), .. hive.Select(h => h.Key)];
        var chosen = new List<object>();
        foreach (string name in names)
        {
            if (all.Find(c => c.Name == name) is { } column)
                chosen.Add(column.Field is not null ? column : throw new ParquetFileException(file, $"column '{name}' cannot be read: {column.Reason}"));
            else if (hive.Exists(h => h.Key == name))
                chosen.Add(name);
            else
                throw Missing(file, name, all, hive);
        }
        return chosen;
    }

    private static ParquetFileException Missing(string file, string name, List<StoredColumn> all, List<(string Key, string? Value)> hive) =>
        new(file, $"has no column '{name}'; it has {string.Join(", ", all.Select(c => c.Name).Concat(hive.Select(h => h.Key)))}");

    private static List<StoredColumn> Describe(string file, FileFooter footer)
    {
        try
        {
            var columns = SchemaColumns.Of(footer.Schema, out int leaves);
            if (footer.Groups.FirstOrDefault(g => g.Columns.Count != leaves) is { } group)
                throw new InvalidDataException($"a row group has {group.Columns.Count} columns; the schema has {leaves}");
            return columns;
        }
        catch (InvalidDataException e)
        {
            throw new ParquetFileException(file, $"has a footer that cannot be read: {e.Message}; the file is corrupt; download or export it again", e);
        }
    }

    private static IEnumerable<(string Key, string? Value)> Hive(string file, List<StoredColumn> columns) =>
        HivePath.Of(file).Where(h => columns.All(c => c.Name != h.Key));

    private static SafeFileHandle Open(string file)
    {
        RequireFile(file);
        try
        {
            return File.OpenHandle(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ParquetFileException(
                file,
                $"cannot be opened: "
                + $"{e.Message.TrimEnd('.')}{(e is UnauthorizedAccessException ? $"; grant user '{Environment.UserName}' the right to read it" : "")}",
                e);
        }
    }

    private static void RequireFile(string file)
    {
        if (Directory.Exists(file)) throw new ParquetFileException(file, "is a folder, not a file; expand it to its files first");
        if (File.Exists(file)) return;
        string? target = new FileInfo(file).LinkTarget;
        throw new ParquetFileException(file, target is not null ? $"is a link to '{target}', which does not exist"
            : FilePattern.Closed(file) is { } closed ? $"cannot be read: this user may not enter '{closed}'; grant it read and enter (r-x) on that folder"
            : "does not exist; expected a Parquet file here: look at the path");
    }
}
