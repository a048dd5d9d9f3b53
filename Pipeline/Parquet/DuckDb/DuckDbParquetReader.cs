using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet.Checksums;

namespace Recsys.Batch.Pipeline.Parquet.DuckDb;

/// <summary>
/// Parquet through DuckDB inside this process. DuckDB reports most malformed files, but bytes made to hurt may crash it: files from outside go
/// through <see cref="ParquetEngines"/>, which runs this class in a process of its own.
/// </summary>
public sealed class DuckDbParquetReader : IParquetReader
{
    private const int BatchRows = ParquetBatches.MostRows;

    private const int BatchTextBytes = 64 << 20;

    private readonly int _threads;
    private readonly int _memoryMegabytes;
    private readonly bool _verify;
    private DuckDbDatabase? _idle;

    public DuckDbParquetReader(ParquetReadLimits? limits = null)
    {
        limits ??= new();
        _threads = limits.EffectiveThreads;
        _memoryMegabytes = limits.MemoryMegabytes;
        _verify = limits.VerifyChecksums;
    }

    public string Engine => "DuckDB " + DuckDbDatabase.Version;

    public IReadOnlyList<string> Expand(string pattern) => FilePattern.Expand(pattern);

    public ParquetFileInfo Inspect(string file)
    {
        RequireFile(file);
        DuckDbDatabase? database = null;
        try
        {
            database = Open();
            var columns = Describe(database, file);
            var fields = columns.Where(c => c.Field is not null && !c.OnlyByName).Select(c => c.Field!).Concat(HiveFields(file, columns)).ToList();
            var skipped = columns.Where(c => c.Field is null || c.OnlyByName).Select(c => new SkippedColumn(c.Name, Reason(c))).ToList();
            var (rows, groups) = Counts(database, file);
            return new ParquetFileInfo(file, rows, groups, new FileInfo(file).Length, fields) { Skipped = skipped };
        }
        catch (DuckDbException e)
        {
            throw new ParquetFileException(file, e.Cause, e);
        }
        finally
        {
            if (database is not null) Return(database);
        }
    }

    public IEnumerable<ColumnBatch> Read(string file, IReadOnlyList<string>? columns = null, CancellationToken cancellation = default)
    {
        RequireFile(file);
        return Stream(file, columns, cancellation);
    }

    private IEnumerable<ColumnBatch> Stream(string file, IReadOnlyList<string>? names, CancellationToken cancellation)
    {
        var database = Guard(file, Open, cancellation);
        try
        {
            var all = Guard(file, () => Describe(database, file), cancellation);
            var hive = HivePath.Of(file).Where(h => all.All(c => c.Name != h.Key)).ToList();
            var chosen = Choose(file, all, hive, names);
            var stored = chosen.OfType<SourceColumn>().ToList();
            if (_verify && PageChecksums.FirstMismatch(file, [.. stored.Select(c => c.Name)]) is { } damage) throw new ParquetFileException(file, damage);
            string list = stored.Count == 0 ? "TRUE" : string.Join(", ", stored.Select(c => c.Expression));
            using var query = Guard(file, () => database.Prepare($"SELECT {list} FROM {Source(file)}"), cancellation);
            using var interrupt = cancellation.Register(query.Interrupt);
            Guard(file, query.Run, cancellation);

            var buffers = stored.Select(c => ColumnBuffer.Create(c, BatchRows)).ToArray();
            var constants = hive.ToDictionary(h => h.Key, h => new ConstantText(h.Key, h.Value));
            long first = 0;
            while (true)
            {
                int rows = Guard(file, () => Fill(query, buffers), cancellation);
                if (rows == 0) break;
                int next = 0;
                yield return new ColumnBatch(file, first, rows,
                    [.. chosen.Select(c => c is SourceColumn ? buffers[next++].ToColumn() : constants[(string)c].Of(rows))]);
                first += rows;
            }
        }
        finally
        {
            Return(database);
        }
    }

    // Opening a database takes longer than reading a small file.
    private DuckDbDatabase Open() => Interlocked.Exchange(ref _idle, null) ?? new DuckDbDatabase(_threads, _memoryMegabytes);

    private void Return(DuckDbDatabase database)
    {
        if (database.Sound) Interlocked.Exchange(ref _idle, database)?.Dispose();
        else database.Dispose();
    }

    private static int Fill(DuckDbQuery query, ColumnBuffer[] buffers)
    {
        foreach (var buffer in buffers) buffer.Clear();
        int rows = 0;
        while (rows + DuckDbNative.VectorRows <= BatchRows)
        {
            nint chunk = query.Fetch();
            if (chunk == 0) break;
            try
            {
                int added = (int)DuckDbNative.ChunkSize(chunk);
                for (int i = 0; i < buffers.Length; i++) buffers[i].Append(DuckDbNative.ChunkVector(chunk, (ulong)i), added);
                rows += added;
            }
            finally
            {
                DuckDbNative.DestroyChunk(ref chunk);
            }
            if (buffers.Any(b => b.TextBytes > BatchTextBytes)) break;
        }
        return rows;
    }

    // Members of the result: SourceColumn for what the file stores, string for a key of its folders.
    private static List<object> Choose(string file, List<SourceColumn> all, List<(string Key, string? Value)> hive, IReadOnlyList<string>? names)
    {
        if (names is null) return [.. all.Where(c => c.Field is not null && !c.OnlyByName), .. hive.Select(h => h.Key)];
        var chosen = new List<object>();
        foreach (string name in names)
        {
            if (all.Find(c => c.Name == name) is { } column)
                chosen.Add(column.Field is not null ? column : throw new ParquetFileException(file, $"column '{name}' cannot be read: {Reason(column)}"));
            else if (hive.Exists(h => h.Key == name))
                chosen.Add(name);
            else
                throw new ParquetFileException(file, $"has no column '{name}'; it has {string.Join(", ", all.Select(c => c.Name).Concat(hive.Select(h => h.Key)))}");
        }
        return chosen;
    }

    private static List<SourceColumn> Describe(DuckDbDatabase database, string file)
    {
        using var query = database.Prepare($"SELECT * FROM {Source(file)}");
        return [.. Enumerable.Range(0, query.ColumnCount).Select(i => SourceColumn.Of(query.ColumnName(i), query.ColumnType(i), query.ElementType(i)))];
    }

    private static unsafe (long Rows, int Groups) Counts(DuckDbDatabase database, string file)
    {
        using var query = database.Prepare($"SELECT num_rows::BIGINT, num_row_groups::BIGINT FROM parquet_file_metadata({Name(file)})");
        query.Run();
        nint chunk = query.Fetch();
        if (chunk == 0) throw new DuckDbException("has no file metadata");
        long rows = *(long*)DuckDbNative.VectorData(DuckDbNative.ChunkVector(chunk, 0));
        long groups = *(long*)DuckDbNative.VectorData(DuckDbNative.ChunkVector(chunk, 1));
        DuckDbNative.DestroyChunk(ref chunk);
        return (rows, checked((int)groups));
    }

    // Partition folders are read by HivePath, so that all engines agree on them.
    private static string Source(string file) => $"read_parquet({Name(file)}, hive_partitioning = false)";

    private static string Name(string file) => SqlText.Literal(SqlText.NoGlob(Path.GetFullPath(file)));

    private static IEnumerable<ColumnField> HiveFields(string file, List<SourceColumn> columns) =>
        HivePath.Of(file).Where(h => columns.All(c => c.Name != h.Key)).Select(h => new ColumnField(h.Key, ColumnType.Utf8));

    private static string Reason(SourceColumn column) => column.OnlyByName
        ? column.Field!.Type == ColumnType.FloatList ? "a list of numbers: read as float32 only when asked for by name" : "bytes without a text annotation: read as UTF-8 text only when asked for by name"
        : $"its type ({column.Type.ToString().ToUpperInvariant()}) is none of: integer, floating point, decimal, boolean, text, date, timestamp";

    private static void RequireFile(string file)
    {
        if (Directory.Exists(file)) throw new ParquetFileException(file, "is a folder, not a file; expand it to its files first");
        if (!File.Exists(file)) throw new ParquetFileException(file, "does not exist");
    }

    private static void Guard(string file, Action action, CancellationToken cancellation) => Guard(file, () =>
    {
        action();
        return 0;
    }, cancellation);

    private static T Guard<T>(string file, Func<T> action, CancellationToken cancellation)
    {
        try
        {
            cancellation.ThrowIfCancellationRequested();
            return action();
        }
        catch (DuckDbException e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new ParquetFileException(file, e.Cause, e);
        }
    }
}
