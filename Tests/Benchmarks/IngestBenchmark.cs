using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;
using Recsys.Batch.Benchmarks.Comparisons;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// <c>ingest [--rows 1000000,5000000,20000000] [--rounds 3] [--folder DIR]</c>: a log of text customers and items, times, quantities and prices that DuckDB
/// wrote (zstd, row groups of a million). Reading it to dense ids and values, as stage ingest does, beside DuckDB.NET's reader, which only delivers the
/// columns; then the whole stage. In turn, the best of the rounds, each with its processor time and the process's peak memory.
/// </summary>
internal static class IngestBenchmark
{
    private static readonly string[] s_columns = ["customer", "item", "sold_at", "quantity", "price"];

    public static int Run(string[] args)
    {
        _ = Compare(Arguments.Parse(args));
        return 0;
    }

    /// <summary>One comparison for each size.</summary>
    public static IReadOnlyList<Comparison> Compare(Arguments arguments)
    {
        var found = new List<Comparison>();
        string folder = arguments.Text("folder", Path.Combine(Path.GetTempPath(), "recsys-ingest-benchmark"));
        int rounds = arguments.Int("rounds", 3);
        foreach (int rows in arguments.Ints("rows", [1_000_000, 5_000_000, 20_000_000]))
        {
            string file = Path.Combine(folder, "log", "log.parquet");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            Make(file, rows);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows, {new FileInfo(file).Length / 1e6:N0} MB"));
            double ours = double.PositiveInfinity, theirs = ours, stage = ours;
            for (int round = 0; round < rounds; round++)
            {
                ours = Math.Min(ours, Time("ours: to dense ids and values", rows, () => Deliver(file, folder)));
                theirs = Math.Min(theirs, Time($"{DuckDbPeer.Name}: columns", rows, () => DuckDbPeer.Read(file, s_columns)));
                stage = Math.Min(stage, Time("ours: stage ingest", rows, () => Stage(file, folder)));
            }
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"delivered at {rows / ours / 1e6:F1} M rows/s, {theirs / ours:F1} times DuckDB.NET's {rows / theirs / 1e6:F2}; stage ingest {stage:F1} s"));
            found.Add(Comparison.Faster(
                string.Create(CultureInfo.InvariantCulture, $"reading a log of {rows / 1e6:0.#}M rows to dense ids"), rows / ours / 1e6, rows / theirs / 1e6,
                "M rows/s", "DuckDB.NET's reader, which gives the columns", 8));
        }
        Directory.Delete(folder, recursive: true);
        return found;
    }

    private static double Time(string what, int rows, Action action)
    {
        GC.Collect();
        ProcessCost.ForgetPeak();
        double before = ProcessCost.ProcessorSeconds();
        long start = Stopwatch.GetTimestamp();
        action();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what,-32} {seconds,7:F2} s {ProcessCost.ProcessorSeconds() - before,7:F2} s CPU {rows / seconds / 1e6,7:F2} M rows/s"
            + $" {ProcessCost.PeakMegabytes(),7:F0} MiB"));
        return seconds;
    }

    private static void Deliver(string file, string folder)
    {
        var options = Options(file);
        var reader = ParquetFiles.Reader();
        var state = new IngestState();
        using var quarantine = new QuarantineFile(ParquetFiles.Writer(), Path.Combine(folder, "quarantine.parquet"));
        var found = SourceFiles.Find(reader, options, []);
        new EventLogReader(reader, options, state, StageContext.Quiet()).Read(found.Files, quarantine);
        quarantine.Complete();
    }

    private static void Stage(string file, string folder) =>
        new IngestStage(ParquetFiles.Reader(), ParquetFiles.Writer()).Run(new(), Options(file), Path.Combine(folder, "out"), StageContext.Quiet());

    private static IngestOptions Options(string file)
    {
        var columns = new EventColumns { User = "customer", Item = "item", Time = "sold_at", Quantity = "quantity", Price = "price" };
        return new IngestOptions { Events = [new EventSourceOptions { Path = Path.GetDirectoryName(file)!, Columns = columns }] };
    }

    // A customer a hundred rows, an item four hundred; both by a power law, as in shops.
    private static void Make(string file, int rows)
    {
        int customers = Math.Max(1_000, rows / 100), items = Math.Max(250, customers / 4);
        using var connection = new DuckDBConnection($"DataSource=:memory:;threads={Environment.ProcessorCount}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            COPY (SELECT 'C' || lpad((floor({customers} * pow(u, 2)))::BIGINT::VARCHAR, 8, '0') AS customer,
                'SKU-' || (floor({items} * pow(v, 3)))::BIGINT AS item,
                TIMESTAMP '2026-01-01' + to_microseconds(i * 60000) AS sold_at, 1 + (hash(i + 2) % 3)::INTEGER AS quantity,
                (100 + hash((floor({items} * pow(v, 3)))::BIGINT) % 9900)::DOUBLE / 100 AS price
            FROM (SELECT i, (hash(i) % 1000003)::DOUBLE / 1000003 AS u, (hash(i + {rows}) % 1000003)::DOUBLE / 1000003 AS v FROM range({rows}) AS t(i)))
            TO '{file}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 1000000)
            """);
        command.ExecuteNonQuery();
    }
}
