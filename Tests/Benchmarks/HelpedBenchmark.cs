using Recsys.Batch.Benchmarks.Experiment;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// Coverage of the 95% intervals of job experiment over simulated shops with a known effect: <c>helped [--runs 100] [--seed 7] [--users 4000] [--share 0.2]
/// [--lift 0.15] [--threads N]</c>. Exit code 1 where an interval holds the effect in fewer than 90 of 100 runs.
/// </summary>
internal static class HelpedBenchmark
{
    private const double Least = 0.9;

    public static int Run(string[] args)
    {
        var arguments = Arguments.Parse(args);
        int runs = arguments.Int("runs", 100), threads = arguments.Int("threads", Environment.ProcessorCount);
        var shop = new SimulatedExperiment(arguments.Int("users", 4_000), arguments.Double("share", 0.2), arguments.Double("lift", 0.15));
        Console.WriteLine(
            $"simulated: {runs} shops of {shop.Users} customers, {shop.Share:0%} of them in the control group; personal lists bring "
            + $"{shop.TrueOrders:0.000} orders and {shop.TrueRevenue:0.00} revenue a customer in 28 days");
        Console.WriteLine("outcome           effect   held  mean width  tells it from none");
        var rows = EffectCoverage.Of(shop, runs, (ulong)arguments.Int("seed", 7), threads);
        foreach (var row in rows) Console.WriteLine($"{row.Name,-15} {row.Truth,8:0.000} {row.Held,6} {row.Width,11:0.000} {row.Sure,19}");
        return rows.Any(r => r.Share < Least) ? 1 : 0;
    }
}
