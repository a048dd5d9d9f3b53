using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Benchmarks.Experiment;

/// <summary>How often an interval held the true effect, and how wide it was.</summary>
internal sealed record EffectCoverage(string Name, double Truth, int Runs, int Held, double Width, int Sure)
{
    public double Share => (double)Held / Runs;

    /// <summary>Orders and revenue, each without CUPED and with it.</summary>
    public static IReadOnlyList<EffectCoverage> Of(SimulatedExperiment shop, int runs, ulong seed, int threads)
    {
        var effects = new SimulatedEffect[runs];
        Parallel.For(0, runs, new ParallelOptions { MaxDegreeOfParallelism = threads }, run => effects[run] = shop.Run(seed + (ulong)run * 1_000_003));
        return
        [
            Row("orders", shop.TrueOrders, e => e.Orders.Difference), Row("orders, CUPED", shop.TrueOrders, e => e.Orders.Adjusted!.Value),
            Row("revenue", shop.TrueRevenue, e => e.Revenue.Difference), Row("revenue, CUPED", shop.TrueRevenue, e => e.Revenue.Adjusted!.Value),
        ];

        EffectCoverage Row(string name, double truth, Func<SimulatedEffect, Interval> of) => new(
            name, truth, runs, effects.Count(e => of(e).Holds(truth)), effects.Average(e => of(e).Width), effects.Count(e => !of(e).Holds(0)));
    }
}
