using System.Globalization;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Benchmarks.Api;

/// <summary>
/// The read API in a host of its own process on loopback: <c>api --users 100000 --connections 64 --seconds 10</c>, with
/// <c>--connection "Host=...;Database=..."</c> on PostgreSQL. First in quiet, then while versions are published one after another. Every answer is looked at:
/// one that is no 200, or whose items are not all of the version that it names, fails the benchmark.
/// </summary>
internal static class ApiBenchmark
{
    public static int Run(string[] arguments)
    {
        var parsed = Arguments.Parse(arguments);
        var lists = new NumberedLists(parsed.Int("users", 100_000), parsed.Int("entries", 20));
        int connections = parsed.Int("connections", 64);
        var span = TimeSpan.FromSeconds(parsed.Double("seconds", 10));
        string folder = Directory.CreateTempSubdirectory("recsys-api-").FullName;
        var options = new PublishOptions { Path = Path.Combine(folder, "out"), KeepVersions = 2 };
        if (parsed.Optional("connection") is { } connection)
            (options.Store, options.Connection, options.Schema) = (OutputEngine.PostgreSql, connection, "recsys_api_benchmark");
        try
        {
            lists.Publish(options, 0);
            return Measure(lists, options, connections, span).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> Measure(NumberedLists lists, PublishOptions options, int connections, TimeSpan span)
    {
        using var host = await ServingProcess.Start(options);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Store}, {lists.Users:N0} users x {lists.Entries} entries, {connections} connections, {span.TotalSeconds:0} s each; "
            + $"the load and, in its part, the publisher share the machine's cores with the host"));
        await new Load(host, lists).Run(connections, TimeSpan.FromSeconds(3));
        bool well = Report("quiet", await new Load(host, lists).Run(connections, span));

        using var enough = new CancellationTokenSource();
        int published = 0;
        var publishing = Task.Run(() =>
        {
            while (!enough.IsCancellationRequested) lists.Publish(options, Interlocked.Increment(ref published));
        });
        // At least one whole publish, however slow the machine: the second one has begun.
        var found = await new Load(host, lists).Run(connections, span, () => publishing.IsCompleted || Volatile.Read(ref published) > 1);
        await enough.CancelAsync();
        await publishing;
        well &= Report($"while {published} versions were published", found);
        Console.WriteLine($"versions seen: {string.Join(", ", found.Versions.Order(StringComparer.Ordinal))}");
        return well ? 0 : 1;
    }

    private static bool Report(string phase, LoadResult r)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{phase}: {r.Microseconds.Length / r.Seconds:N0} requests/s, p50 {r.At(0.5):0.00} ms, p99 {r.At(0.99):0.00} ms, longest {r.At(1):0.0} ms, "
            + $"{r.HostSeconds * 1e6 / Math.Max(1, r.Microseconds.Length):0} us of the host's processors each; {r.Errors} errors, "
            + $"{r.Mixed} answers of mixed versions"));
        return r is { Errors: 0, Mixed: 0 } && r.Microseconds.Length > 0;
    }
}
