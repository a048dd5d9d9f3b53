using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Places.Audience;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Benchmarks.Places;

/// <summary>
/// Audiences: of each category of the shipped log (its clusters of text) the 100 customers who are most likely to buy from it in the four weeks after a cut,
/// and how many of them did. <c>audience</c> cuts at 2011-08-01 and 2011-09-01, by what was before; <c>--look test</c> at 2011-10-01 and 2011-11-01.
/// </summary>
internal static class AudienceBenchmark
{
    private const int Depth = 100;
    private const uint Horizon = 28 * 86_400;

    public static int Run(string[] arguments)
    {
        var given = Arguments.Parse(arguments);
        bool look = given.Optional("look") == "test";
        var all = ShippedLog.Read(given.Text("config", "data/online-retail/night.json"), StageNames.Embed);
        var cases = new List<Case>();
        foreach (string day in look ? (string[])["2011-10-01", "2011-11-01"] : ["2011-08-01", "2011-09-01"])
        {
            uint cut = ShippedLog.Second(day);
            var (past, later) = (all.Purchases.Before(cut), all.Purchases.From(cut).Before(cut + Horizon));
            foreach (var category in Enumerable.Range(0, all.Catalog.Items).Where(i => !string.IsNullOrEmpty(all.Catalog.Categories[i]))
                .GroupBy(i => all.Catalog.Categories[i]!, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                var items = ItemSet.Of(all.Catalog.Items, category.Contains);
                var buyers = Enumerable.Range(0, later.Users)
                    .Where(u => Has(past, u) && later.Items[later.Pointers[u]..later.Pointers[u + 1]].Any(items.Contains)).ToHashSet();
                if (buyers.Count >= 20) cases.Add(new Case(past, items, buyers));
            }
        }
        Console.WriteLine($"{cases.Count} categories in two stretches of four weeks, precision@{Depth}, with 95% intervals over categories");
        double[] frequency = [.. cases.Select(c => Precision(c, Frequency(c)))];
        Say("how active customers are", [.. cases.Select(c => Precision(c, Activity(c)))]);
        Say("purchases of the category, then activity", frequency);
        Try($"as served", new AudienceOptions());
        if (look) return 0;
        foreach (double halfLife in (double[])[90, 180, 365, 1_000])
            foreach (double prior in (double[])[5, 20, 50, 100, 200])
                Try($"HalfLifeDays {halfLife}, PriorPurchases {prior}", new AudienceOptions { HalfLifeDays = halfLife, PriorPurchases = prior });
        return 0;

        void Try(FormattableString name, AudienceOptions options) =>
            Say(FormattableString.Invariant(name), [.. cases.Select(c => Precision(c, Probability(c, options)))]);

        void Say(string name, double[] precision)
        {
            double[] over = [.. precision.Zip(frequency, (p, f) => p - f)];
            Console.WriteLine(FormattableString.Invariant(
                $"| {name} | {precision.Average():.0000} | {over.Average():+.0000;-.0000} (+- {1.96 * Error(over):.0000}) |"));
        }
    }

    private static double Error(double[] values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1) / values.Length);
    }

    private static bool Has(PurchaseLog log, int user) => log.Pointers[user] < log.Pointers[user + 1];

    private static double Precision(Case of, Func<int, double> score)
    {
        var first = Enumerable.Range(0, of.Past.Users).Where(u => Has(of.Past, u)).Select(u => (User: u, Score: score(u)))
            .OrderByDescending(s => s.Score).ThenBy(s => s.User).Take(Depth);
        return first.Count(s => of.Buyers.Contains(s.User)) / (double)Depth;
    }

    private static Func<int, double> Activity(Case of)
    {
        var probability = new PurchaseProbability(of.Past, new AudienceOptions());
        return user => probability.Bought[user];
    }

    private static Func<int, double> Frequency(Case of)
    {
        var probability = new PurchaseProbability(of.Past, new AudienceOptions());
        return user => of.Past.Items[of.Past.Pointers[user]..of.Past.Pointers[user + 1]].Count(of.Items.Contains) + 1e-6 * probability.Bought[user];
    }

    private static Func<int, double> Probability(Case of, AudienceOptions options)
    {
        var probability = new PurchaseProbability(of.Past, options);
        double[] shares = probability.Shares(of.Items);
        return user => probability.Of(user, of.Items, shares);
    }

    private sealed record Case(PurchaseLog Past, ItemSet Items, HashSet<int> Buyers);
}
