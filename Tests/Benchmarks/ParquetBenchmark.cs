using System.Diagnostics;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Synthetic;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// <c>parquet [--rows 10000000] [--folder DIR]</c>: rows a second written and read, beside DuckDB through DuckDB.NET on the same file and with as many threads,
/// and the generator. Best of three, with the processor time that it took and the peak memory of the three.
/// </summary>
internal static class ParquetBenchmark
{
    private const int BatchRows = 1 << 18;

    public static int Run(string[] args)
    {
        var arguments = Arguments.Parse(args);
        int rows = arguments.Int("rows", 10_000_000) / BatchRows * BatchRows;
        string folder = arguments.Text("folder", Path.Combine(Path.GetTempPath(), "recsys-parquet-benchmark"));
        string file = Path.Combine(folder, "log.parquet");
        Column[] columns =
        [
            Ids("user", 200_000, 1), Ids("item", 50_000, 2), Times("time"), Texts("user_text", "user-", 200_000, 3),
            Texts("item_text", "item-number-", 50_000, 4),
        ];
        var writer = ParquetFiles.Writer();
        Time($"{writer.Engine}: write 3 columns of 8 bytes", rows, () => Write(writer, file, columns[..3], rows));
        Time($"{writer.Engine}: write those and 2 text columns", rows, () => Write(writer, file, columns, rows));
        Console.WriteLine($"{rows:N0} rows, {new FileInfo(file).Length / 1e6:N0} MB");
        string peerFile = Path.Combine(folder, "peer.parquet");
        Time($"{DuckDbPeer.Name}: the same rows copied to a file", rows, () => DuckDbPeer.Copy(file, peerFile));
        Console.WriteLine($"{rows:N0} rows, {new FileInfo(peerFile).Length / 1e6:N0} MB");
        string[][] wanted = [["user", "item"], ["user_text", "item_text"], [.. columns.Select(c => c.Field.Name)]];
        // A file of each, since what most logs come from is not our writer.
        foreach (string from in (string[])[file, peerFile])
        {
            var reader = ParquetFiles.Reader();
            foreach (string[] names in wanted)
            {
                string what = $"{names.Length} columns ({string.Join(", ", names)}) of {Path.GetFileName(from)}";
                Time($"{reader.Engine}: {what}", rows, () => Read(reader, from, names));
                Time($"{DuckDbPeer.Name}: {what}", rows, () => DuckDbPeer.Read(from, names));
            }
        }
        Time($"{ParquetFiles.Engine}: inspect (files)", 20, () =>
        {
            for (int i = 0; i < 20; i++) ParquetFiles.Reader().Inspect(file);
        });
        Time("SHA-256 (rows)", rows, () => FileFingerprint.Of(file));
        Time(
            "generate (6 columns, 14 files)", rows,
            () => SyntheticLog.Write(new(200_000, 50_000, rows), Path.Combine(folder, "generated"), ParquetFiles.Writer(), StageContext.Quiet()));
        Directory.Delete(folder, recursive: true);
        return 0;
    }

    private static void Time(string what, long count, Action action)
    {
        double best = double.PositiveInfinity, processor = 0;
        ProcessCost.ForgetPeak();
        for (int round = 0; round < 3; round++)
        {
            double before = ProcessCost.ProcessorSeconds();
            long start = Stopwatch.GetTimestamp();
            action();
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (seconds < best) (best, processor) = (seconds, Math.Max(0, ProcessCost.ProcessorSeconds() - before));
        }
        Console.WriteLine($"{what,-85} {best,8:F3} s {processor,8:F3} s CPU {count / best / 1e6,10:F4} M/s {ProcessCost.PeakMegabytes(),8:F0} MiB");
    }

    private static void Write(IParquetWriter to, string file, Column[] columns, int rows)
    {
        using var writer = to.Create(file, [.. columns.Select(c => c.Field)]);
        for (int at = 0; at < rows; at += BatchRows) writer.Append(columns, BatchRows);
        writer.Complete();
    }

    private static long Read(IParquetReader reader, string file, params string[] columns) => reader.Read(file, columns).Sum(b => (long)b.RowCount);

    private static ValueColumn<long> Ids(string name, int count, int seed)
    {
        var random = new Random(seed);
        return new(new(name, ColumnType.Int64), BatchRows, [.. Enumerable.Range(0, BatchRows).Select(_ => random.NextInt64(count))]);
    }

    private static ValueColumn<long> Times(string name) =>
        new(new(name, ColumnType.Timestamp), BatchRows, [.. Enumerable.Range(0, BatchRows).Select(i => 1_767_225_600_000_000 + i * 60_000L)]);

    private static Utf8Column Texts(string name, string prefix, int count, int seed)
    {
        var random = new Random(seed);
        var offsets = new int[BatchRows + 1];
        using var bytes = new MemoryStream();
        for (int i = 0; i < BatchRows; i++)
        {
            bytes.Write(Encoding.UTF8.GetBytes($"{prefix}{random.Next(count)}"));
            offsets[i + 1] = (int)bytes.Length;
        }
        return new(new(name, ColumnType.Utf8), BatchRows, offsets, bytes.ToArray());
    }
}
