using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Experiment;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Benchmarks.Experiment;

/// <summary>What one run of the simulation came to.</summary>
internal sealed record SimulatedEffect(GroupDifference Orders, GroupDifference Revenue);

/// <summary>
/// A simulated shop in which personal lists bring a known effect. Customers order at rates of their own, lognormal, at order values of their own; personal
/// lists add a share of a customer's rate from the day on which they begin. The log goes through the stage that measures a real one, and the group is drawn by
/// the hash that draws a real one.
/// </summary>
/// <param name="Share">Of the control group.</param>
/// <param name="Lift">Share of a customer's rate that personal lists add.</param>
internal sealed record SimulatedExperiment(int Users, double Share, double Lift)
{
    /// <summary>Orders a day of a median customer.</summary>
    private const double Rate = 0.05;

    /// <summary>Sigma of the logarithm of rates: a customer in forty orders five times what the median one does.</summary>
    private const double Spread = 0.8;

    /// <summary>Sigma of the logarithm of an order's value, among customers and again among their orders.</summary>
    private const double ValueSpread = 0.5;

    private const double MedianValue = 20;
    private const int BeforeDays = 28, Days = 28;
    private const long Day = 86_400, Begin = 1_700_006_400;

    /// <summary>Orders a customer that lists bring in truth.</summary>
    public double TrueOrders => Lift * Rate * Math.Exp(Spread * Spread / 2) * Days;

    /// <summary>Revenue a customer that they bring in truth.</summary>
    public double TrueRevenue => TrueOrders * MedianValue * Math.Exp(ValueSpread * ValueSpread);

    /// <summary>One run: other customers, another key, another draw.</summary>
    public SimulatedEffect Run(ulong seed)
    {
        var random = new SplitMix64(seed, "experiment");
        var users = new IdMap(Users);
        for (int u = 0; u < Users; u++) users.Add($"customer {u} of {seed}");
        var group = new ControlGroup(BitConverter.GetBytes(seed), "simulated", Share);
        var (pointers, seconds, values) = (new int[Users + 1], new List<uint>(), new List<float>());
        for (int user = 0; user < Users; user++)
        {
            double rate = Rate * Math.Exp(Spread * random.NextNormal()), value = MedianValue * Math.Exp(ValueSpread * random.NextNormal());
            // Everybody is a customer of long ago, so that nobody is left out for what they order later.
            Add(ref random, Begin - 300 * Day, value);
            for (double at = Wait(ref random, rate); at < BeforeDays; at += Wait(ref random, rate))
                Add(ref random, Begin - BeforeDays * Day + (long)(at * Day), value);
            double later = group.Contains(users[user]) ? rate : rate * (1 + Lift);
            for (double at = Wait(ref random, later); at < Days; at += Wait(ref random, later)) Add(ref random, Begin + (long)(at * Day), value);
            pointers[user + 1] = seconds.Count;
        }
        var items = new IdMap(1);
        items.Add("item");
        var log = new PurchaseLog(
            pointers, new int[seconds.Count], [.. seconds], [.. Enumerable.Range(1, seconds.Count).Select(o => (uint)o)], HasTime: true)
        {
            Prices = [.. values],
        };
        var report = new ExperimentStage(ParquetFiles.Reader(), new ExperimentOptions { ControlShare = Share, BeforeDays = BeforeDays }).Run(
            new ExperimentInputs(log, users, items, [double.NaN], [], group, Begin, OrderMinutes: 30), StageContext.Quiet(1, seed));
        return new SimulatedEffect(Of("orders"), Of("revenue"));

        GroupDifference Of(string outcome) => report.Effects.Single(e => e.Outcome == outcome).Measured!;

        void Add(ref SplitMix64 with, long second, double value)
        {
            seconds.Add((uint)second);
            values.Add((float)(value * Math.Exp(ValueSpread * with.NextNormal())));
        }
    }

    private static double Wait(ref SplitMix64 random, double perDay) => -Math.Log(1 - random.NextDouble()) / perDay;
}
