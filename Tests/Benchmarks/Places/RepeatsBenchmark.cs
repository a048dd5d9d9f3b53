using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Places;
using Recsys.Batch.Pipeline.Places.BuyItAgain;

namespace Recsys.Batch.Benchmarks.Places;

/// <summary>
/// Buy it again: of what each customer had by a day, which items are bought again in the next four weeks. <c>repeats</c> tries settings on two windows before
/// the last four weeks of the shipped log; <c>--look test</c> scores the one that serves on those last weeks. <c>--config FILE</c> reads another log,
/// <c>--data DIR</c> with its transactions.parquet and products.parquet there; <c>--levels N</c> takes categories, so many steps of their path, for items.
/// </summary>
internal static class RepeatsBenchmark
{
    private const int Depth = 10;
    private const int WeeksDays = 28;

    public static int Run(string[] arguments)
    {
        var given = Arguments.Parse(arguments);
        var inputs = ShippedLog.Read(given);
        uint day = PurchaseDays.SecondsADay;
        uint end = (inputs.Purchases.Last / day + 1) * day;
        bool look = given.Optional("look") == "test";
        uint[] cuts = look ? [end - WeeksDays * day] : [end - 3 * WeeksDays * day, end - 2 * WeeksDays * day];
        Console.WriteLine(
            $"of the items that a customer had: hit rate@{Depth} and recall@{Depth} of those bought again within {WeeksDays} days, with 95% intervals");
        var serves = new BuyItAgainOptions();
        var frequency = Measure(
            inputs, cuts, (log, _) => (pairs, _) => [.. pairs.OrderByDescending(p => p.Days).ThenByDescending(p => p.Last).ThenBy(p => p.Item)]);
        Say("frequency", frequency);
        Say("recency", Measure(
            inputs, cuts, (log, _) => (pairs, _) => [.. pairs.OrderByDescending(p => p.Last).ThenByDescending(p => p.Days).ThenBy(p => p.Item)]));
        var served = Measure(inputs, cuts, Clock(serves));
        Say("as served", served);
        Console.WriteLine($"served less frequency: hit rate {served.Hits.Over(frequency.Hits)}, recall {served.Recall.Over(frequency.Recall)}");
        if (look) return 0;
        foreach (double prior in (double[])[0.25, 1])
        {
            var clockOf = new BuyItAgainOptions { PriorPurchases = prior };
            Say($"Poisson-Gamma as published, prior {prior}", Measure(inputs, cuts, Rate(clockOf, Published)));
            Say($"modified Poisson-Gamma, prior {prior}", Measure(inputs, cuts, Rate(clockOf, (p, a, gap, now) => Modified(p, p.Days, a, gap, now))));
            Say($"modified, first not counted, prior {prior}", Measure(inputs, cuts, Rate(clockOf, (p, a, gap, now) => Modified(p, p.Days - 1, a, gap, now))));
        }
        foreach (double prior in (double[])[0.0625, 0.125, 0.5, 1, 2, 4])
            Say($"PriorPurchases {prior}", Measure(inputs, cuts, Clock(new BuyItAgainOptions { PriorPurchases = prior })));
        foreach (double share in (double[])[0, 0.05, 0.2, 0.3])
            Say($"MinRepeatShare {share}", Measure(inputs, cuts, Clock(new BuyItAgainOptions { MinRepeatShare = share })));
        return 0;
    }

    private static double Published(PairDays pair, double a, double gap, int now) => (pair.Days + a) / (now - pair.First + a * gap);

    /// <summary>
    /// Theirs, modified: right behind a purchase the next is unlikely, and likeliest at the pair's own mean gap; from twice that on it is the plain one.
    /// </summary>
    private static double Modified(PairDays pair, double counted, double a, double gap, int now)
    {
        double bought = pair.Last - pair.First, since = now - pair.Last, mean = (bought + a * gap) / (pair.Days - 1 + a);
        return (counted + a) / (bought + (since < 2 * mean ? 2 * Math.Abs(mean - since) : since) + a * gap);
    }

    private static Func<PurchaseLog, int, Func<IReadOnlyList<PairDays>, int, IEnumerable<PairDays>>> Rate(
        BuyItAgainOptions options, Func<PairDays, double, double, int, double> rate) => (log, items) =>
    {
        var clock = RepeatClock.Of(log, items, options);
        return (pairs, _) => pairs.Where(p => clock.Repeats(p.Item))
            .OrderByDescending(p => clock.Shares[p.Item]
                * (1 - Math.Exp(-options.HorizonDays * rate(p, options.PriorPurchases, clock.Gaps[p.Item], clock.Today))))
            .ThenBy(p => p.Item);
    };

    private static Func<PurchaseLog, int, Func<IReadOnlyList<PairDays>, int, IEnumerable<PairDays>>> Clock(BuyItAgainOptions options) => (log, items) =>
    {
        var clock = RepeatClock.Of(log, items, options);
        bool[] wanted = [.. Enumerable.Range(0, items).Select(clock.Repeats)];
        return (pairs, _) => BuyItAgainPlace.List(pairs, clock, wanted, Depth).Select(p => p.Pair);
    };

    private static (CustomerBootstrap Hits, CustomerBootstrap Recall) Measure(
        PlaceInputs inputs, uint[] cuts, Func<PurchaseLog, int, Func<IReadOnlyList<PairDays>, int, IEnumerable<PairDays>>> ranker)
    {
        var (hits, recall) = (new CustomerBootstrap(), new CustomerBootstrap());
        foreach (uint cut in cuts)
        {
            var past = inputs.Purchases.Before(cut);
            var later = inputs.Purchases.From(cut).Before(cut + WeeksDays * PurchaseDays.SecondsADay);
            var rank = ranker(past, inputs.Catalog.Items);
            var (had, next) = (new PurchaseDays(past), new PurchaseDays(later));
            for (int user = 0; user < past.Users; user++)
            {
                var pairs = had.Of(user);
                var again = next.Of(user).Select(p => p.Item).Intersect(pairs.Select(p => p.Item)).ToHashSet();
                if (again.Count == 0) continue;
                int found = rank(pairs, user).Take(Depth).Count(p => again.Contains(p.Item));
                hits.Add(user, found > 0 ? 1 : 0);
                recall.Add(user, found, Math.Min(Depth, again.Count));
            }
        }
        return (hits, recall);
    }

    private static void Say(string name, (CustomerBootstrap Hits, CustomerBootstrap Recall) rates) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {rates.Hits} | {rates.Recall} |"));
}
