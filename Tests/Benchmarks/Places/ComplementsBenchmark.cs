using System.Diagnostics;
using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Places;
using Recsys.Batch.Pipeline.Places.CartComplements;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Benchmarks.Places;

/// <summary>
/// Cart complements on the shipped log. <c>complements</c> lays ways to rank them side by side on the window before the hold-out; <c>--look test</c> scores the
/// one that serves on the hold-out, a look that is put on record; <c>--shuffles N</c> counts what is found in N logs of chance, made of the whole log or
/// of what lies before <c>--until DAY</c>, at <c>--rate R</c> (.05) and pairs of <c>--orders N</c> (3) orders and more.
/// Of each later order of two known items or more one item, drawn by chance, is held out and asked for by the others.
/// </summary>
internal static class ComplementsBenchmark
{
    private const int Depth = 10;
    private const int Shown = 20;

    public static int Run(string[] arguments)
    {
        var given = Arguments.Parse(arguments);
        int shuffles = given.Int("shuffles", 0);
        bool look = given.Optional("look") == "test";
        var inputs = ShippedLog.Read("data/online-retail/night.json", shuffles > 0 || look ? StageNames.Ingest : StageNames.Embed);
        if (shuffles > 0)
        {
            var log = given.Optional("until") is { } until ? inputs.Purchases.Before(ShippedLog.Second(until)) : inputs.Purchases;
            var tried = new CartComplementsOptions();
            tried.FalseDiscoveryRate = given.Double("rate", tried.FalseDiscoveryRate);
            tried.MinOrders = given.Int("orders", tried.MinOrders);
            tried.MinCustomers = Math.Min(tried.MinCustomers, tried.MinOrders);
            return Shuffle(Orders.Of(log, inputs.Catalog.Items, 30)!, shuffles, tried);
        }
        var (from, to) = look ? ("2011-10-01", "2012-01-01") : ("2011-08-01", "2011-10-01");
        var past = Orders.Of(inputs.Purchases.Before(ShippedLog.Second(from)), inputs.Catalog.Items, 30)!;
        var later = Orders.Of(inputs.Purchases.From(ShippedLog.Second(from)).Before(ShippedLog.Second(to)), inputs.Catalog.Items, 30)!;
        var options = new CartComplementsOptions();
        var clock = Stopwatch.StartNew();
        var tested = new PairTests(options).Run(past, StageContext.Quiet());
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{tested.Pairs.Count:N0} of {tested.Tests:N0} pairs from {tested.Counted:N0} orders before {from}, {clock.Elapsed.TotalSeconds:0.0} s"));
        var cases = Cases(past, later);
        Console.WriteLine($"{cases.Count:N0} later orders; hit rate@{Depth} with 95% intervals over customers");
        int[] popular = [.. Enumerable.Range(0, past.ItemCount).OrderByDescending(i => past.With(i).Length).ThenBy(i => i)];
        var byPopularity = Measure(cases, basket => [.. popular.Where(i => !basket.Contains(i)).Take(Depth)]);
        Say("popularity", byPopularity, null);
        foreach (bool byCustomer in (bool[])[true, false])
        {
            foreach (int count in (int[])[Shown, int.MaxValue])
            {
                var lists = OrderNeighbors.Of(past, byCustomer, count);
                string name = $"cosine by {(byCustomer ? "customers" : "orders")}, {(count == Shown ? $"{Shown} an item" : "all")}";
                Say(name, Measure(cases, basket => Sum(basket, basket.SelectMany(i => lists[i]))), byPopularity);
            }
        }
        var served = Lists(null, options.Count, 1);
        Say($"complements as served, {options.Count} an item", Measure(cases, basket => Together(basket, served)), byPopularity);
        if (look) return 0;
        foreach (int count in (int[])[10, 50, 200])
        {
            var lists = Lists(null, count, 1);
            Say($"complements as served, {count} an item", Measure(cases, basket => Together(basket, lists)), byPopularity);
        }
        foreach (double likeness in (double[])[0.9, 0.8, 0.7])
        {
            var lists = Lists(null, options.Count, likeness);
            Say($"complements as served, MaxLikeness {likeness}", Measure(cases, basket => Together(basket, lists)), byPopularity);
        }
        foreach (var (name, score) in Scores())
        {
            var lists = Lists(score, options.Count, 1);
            Say($"{name}, sum", Measure(cases, basket => Sum(basket, basket.SelectMany(i => lists[i].Select(c => (c.Item, c.Score))))), byPopularity);
        }
        return 0;

        ComplementLists Lists(Func<OrderPair, int, int, double>? score, int count, double likeness) => ComplementLists.Of(
            tested, count, (item, other) => !inputs.AreTwins(item, other) && (likeness >= 1 || inputs.Likeness(item, other) < likeness), score);
    }

    private static IEnumerable<(string Name, Func<OrderPair, int, int, double> Score)> Scores()
    {
        foreach (double pretended in (double[])[0, 5, 10, 20, 40])
        {
            yield return (
                $"P(complement | item), {pretended} pretended orders", (p, item, _) => (p.Support + pretended * p.Expected / item) / (item + pretended));
        }
        foreach (double pretended in (double[])[0, 2, 5, 10])
        {
            yield return (
                $"P(complement | item), {pretended} pretended orders, x ln lift",
                (p, item, _) => (p.Support + pretended * p.Expected / item) / (item + pretended) * Math.Log(p.Support / (double)p.Expected));
        }
        yield return ("P(complement | item) x (ln lift)^2", (p, item, _) => p.Support / (double)item * Math.Pow(Math.Log(p.Support / (double)p.Expected), 2));
        yield return ("P(complement | item) x sqrt(ln lift)", (p, item, _) => p.Support / (double)item * Math.Sqrt(Math.Log(p.Support / (double)p.Expected)));
        yield return (
            "(support - expected) / orders of the item x ln lift",
            (p, item, _) => (p.Support - p.Expected) / item * Math.Log(p.Support / (double)p.Expected));
        yield return ("cosine x ln lift", (p, item, other) => p.Support / Math.Sqrt((double)item * other) * Math.Log(p.Support / (double)p.Expected));
        yield return ("cosine", (p, item, other) => p.Support / Math.Sqrt((double)item * other));
        yield return ("lift", (p, _, _) => p.Support / (double)p.Expected);
        yield return ("ln lift", (p, _, _) => Math.Log(p.Support / (double)p.Expected));
        yield return ("-ln p", (p, _, _) => -p.LogP);
        yield return ("lower end of P(complement | item)", (p, item, _) => ShareInterval.Of(p.Support, item).Low);
        yield return ("(support - expected) / orders of the item", (p, item, _) => (p.Support - p.Expected) / item);
        yield return ("cosine of the excess", (p, item, other) => (p.Support - p.Expected) / Math.Sqrt((double)item * other));
    }

    private static List<(int User, HashSet<int> Given, int Held)> Cases(Orders past, Orders later)
    {
        var random = new Pipeline.Numerics.SplitMix64(7, "held out");
        var cases = new List<(int, HashSet<int>, int)>();
        for (int o = 0; o < later.Count; o++)
        {
            int[] known = [.. later[o].ToArray().Where(i => past.With(i).Length > 0)];
            if (known.Length < 2) continue;
            int held = known[random.NextInt(known.Length)];
            cases.Add((later.Users[o], [.. known.Where(i => i != held)], held));
        }
        return cases;
    }

    private static CustomerBootstrap Measure(List<(int User, HashSet<int> Given, int Held)> cases, Func<HashSet<int>, int[]> list)
    {
        var rate = new CustomerBootstrap();
        var hits = new bool[cases.Count];
        var threads = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, cases.Count, threads, c => hits[c] = list(cases[c].Given).Contains(cases[c].Held));
        for (int c = 0; c < hits.Length; c++) rate.Add(cases[c].User, hits[c] ? 1 : 0);
        return rate;
    }

    private static int[] Together(HashSet<int> basket, ComplementLists lists) =>
    [
        .. BasketComplements.Of(basket, basket.Order().SelectMany(i => lists[i].Select(c => (c.Item, c.Score))), Depth, Comparer<int>.Default)
            .Select(c => c.Item),
    ];

    private static int[] Sum(HashSet<int> basket, IEnumerable<(int Item, double Score)> entries)
    {
        var sums = new Dictionary<int, double>();
        foreach (var (item, score) in entries)
            if (!basket.Contains(item)) sums[item] = sums.GetValueOrDefault(item) + score;
        return [.. sums.OrderByDescending(s => s.Value).ThenBy(s => s.Key).Take(Depth).Select(s => s.Key)];
    }

    private static void Say(string name, CustomerBootstrap rate, CustomerBootstrap? over) =>
        Console.WriteLine($"| {name} | {rate} | {(over is null ? "" : rate.Over(over))} |");

    private static int Shuffle(Orders orders, int shuffles, CartComplementsOptions options)
    {
        // One thread a log: dealing anew is a chain of swaps, which no threads share.
        var found = new int[shuffles];
        var clock = Stopwatch.StartNew();
        var threads = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(
            0, shuffles, threads,
            s => found[s] = new PairTests(options).Run(ShuffledOrders.Of(orders, (ulong)s + 1), StageContext.Quiet(threads: 1)).Pairs.Count);
        int withAny = found.Count(f => f > 0);
        long pairs = found.Sum(f => (long)f);
        // Where nothing is true, any discovery is a false one: the rate is the share of logs with one.
        var rate = ShareInterval.Of(withAny, shuffles);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{shuffles} logs of chance, of {orders.Count:N0} orders: {withAny} with a discovery, {pairs / (double)shuffles:0.00} pairs a log; "
            + $"false-discovery rate {rate.Value:0.000} ({rate.Low:0.000}-{rate.High:0.000}), "
            + $"asked for at most {options.FalseDiscoveryRate}; {clock.Elapsed.TotalSeconds / shuffles:0.0} s a log"));
        return 0;
    }
}
