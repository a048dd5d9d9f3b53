using System.Diagnostics;
using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// Publishes made-up lists, users x entries, into a folder: <c>publish --users 200000 --entries 20</c>; a second version into the same tables, too. With
/// <c>--connection env:NAME</c> into a schema of a PostgreSQL server, which goes away again. Then reads lists of one user after the other.
/// </summary>
internal static class PublishBenchmark
{
    private const int Items = 50_000;

    public static int Run(string[] arguments)
    {
        var parsed = Arguments.Parse(arguments);
        int users = parsed.Int("users", 200_000);
        int entries = parsed.Int("entries", 20);
        var (userIds, itemIds) = (Ids("user", users), Ids("item", Items));
        string? connection = parsed.Optional("connection");
        string folder = Directory.CreateTempSubdirectory("recsys-publish-").FullName;
        var options = new PublishOptions
        {
            Path = folder,
            Connection = connection,
            Store = connection is null ? OutputEngine.Sqlite : OutputEngine.PostgreSql,
            Schema = "recsys_benchmark",
        };
        try
        {
            for (int night = 0; night < 2; night++)
            {
                using var output = OutputFolder.OpenForWriting(options, TimeProvider.System);
                long start = Stopwatch.GetTimestamp();
                var version = new VersionRecord(
                    $"night-{night}", "run", DateTimeOffset.UnixEpoch, VersionState.Staged, 0, 0, "", "", "", new Dictionary<string, double>(), "");
                int first = night;
                var blocks = Enumerable.Range(0, (users + CandidateBlock.MaxUsers - 1) / CandidateBlock.MaxUsers).Select(b => Block(b, users, entries, first));
                new PublishStage(output, ParquetFiles.Writer(), new PublishOptions())
                    .Run(new PublishInput(version, blocks, users, userIds, itemIds, [], []), StageContext.Quiet());
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                Console.WriteLine(
                    $"version {night + 1}: {(long)users * entries:N0} rows in {seconds:0.0} s, {users * (double)entries / seconds:N0} rows/s "
                    + $"into {options.Store}");
            }
            using var published = OutputFolder.OpenForReading(options);
            foreach (int readers in (int[])[1, 64])
            {
                long start = Stopwatch.GetTimestamp();
                var took = Enumerable.Range(0, readers)
                    .AsParallel()
                    .WithDegreeOfParallelism(readers)
                    .SelectMany(r => ReadMany(published.Store, r, users))
                    .Order()
                    .ToArray();
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{readers} readers: {took.Length / Stopwatch.GetElapsedTime(start).TotalSeconds:N0} lists/s; "
                    + $"a list {took[took.Length / 2] * 1e6:N0} us in the middle, {took[took.Length * 99 / 100] * 1e6:N0} us at p99"));
            }
            return 0;
        }
        finally
        {
            if (connection is not null)
            {
                using var database = OutputFolder.DatabaseOf(options);
                using var open = database.Open();
                using var drop = open.CreateCommand();
                drop.CommandText = "DROP SCHEMA IF EXISTS recsys_benchmark CASCADE";
                drop.ExecuteNonQuery();
            }
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double[] ReadMany(IOutputStore store, int reader, int users)
    {
        var took = new double[1_000];
        for (int i = 0; i < took.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            if (store.Read(string.Create(CultureInfo.InvariantCulture, $"user{(reader * 7919L + i * 104_729L) % users:D8}")) is null)
                throw new InvalidOperationException("a user has no list");
            took[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        return took;
    }

    private static IdMap Ids(string prefix, int count)
    {
        var ids = new IdMap(count);
        for (int i = 0; i < count; i++) ids.Add(string.Create(CultureInfo.InvariantCulture, $"{prefix}{i:D8}"));
        return ids;
    }

    private static RecommendationBlock Block(int block, int users, int entries, int night)
    {
        int first = block * CandidateBlock.MaxUsers;
        int count = Math.Min(CandidateBlock.MaxUsers, users - first);
        int rows = count * entries;
        return new RecommendationBlock
        {
            Users = [.. Enumerable.Range(first, count)],
            Offsets = [.. Enumerable.Range(0, count + 1).Select(u => u * entries)],
            Items = [.. Enumerable.Range(0, rows).Select(i => (int)((uint)(first * entries + i + night) * 2_654_435_761u % Items))],
            Scores = [.. Enumerable.Range(0, rows).Select(i => 1f / (1 + i % entries))],
            Relevance = [.. Enumerable.Range(0, rows).Select(i => 1f / (2 + i % entries))],
            DiversityGain = [.. Enumerable.Range(0, rows).Select(i => 1f / (3 + i % entries))],
            Reasons = new ReasonCode[rows],
            ReasonItems = [.. Enumerable.Range(0, rows * 3).Select(i => i % Items)],
            Sources = new CandidateSource[rows],
            Propensity = [.. Enumerable.Repeat(1f, rows)],
        };
    }
}
