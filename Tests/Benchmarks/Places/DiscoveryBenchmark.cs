using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Places.Discovery;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Benchmarks.Places;

/// <summary>
/// Discovery: to which categories customers come later that they had not bought from, among the first three. <c>discovery</c> tries settings on August and
/// September of the shipped log by what was before; <c>--look test</c> scores what serves on October 2011 and later.
/// </summary>
internal static class DiscoveryBenchmark
{
    private const int Depth = 3;

    public static int Run(string[] arguments)
    {
        var given = Arguments.Parse(arguments);
        bool look = given.Optional("look") == "test";
        var all = ShippedLog.Read(given.Text("config", "data/online-retail/night.json"), StageNames.Embed);
        var (cut, end) = look ? (ShippedLog.Second("2011-10-01"), uint.MaxValue) : (ShippedLog.Second("2011-08-01"), ShippedLog.Second("2011-10-01"));
        var (past, later) = (all.Purchases.Before(cut), all.Purchases.From(cut).Before(end));
        var inputs = all with { Purchases = past };
        Console.WriteLine($"hit rate@{Depth} and recall@{Depth} of categories that are new to the customer, with 95% intervals by drawing customers");
        var popular = Measure(new DiscoveryOptions { PopularityWeight = 10, FalseDiscoveryRate = 1e-9 });
        Say("popularity", popular);
        Say("as served", Measure(new DiscoveryOptions()));
        if (look) return 0;
        foreach (double weight in (double[])[0, 0.1, 0.3, 3])
            Say(FormattableString.Invariant($"PopularityWeight {weight}"), Measure(new DiscoveryOptions { PopularityWeight = weight }));
        return 0;

        void Say(string name, (CustomerBootstrap Hits, CustomerBootstrap Recall) rates) => Console.WriteLine(
            $"| {name} | {rates.Hits} | {rates.Recall} | {rates.Recall.Over(popular.Recall)} |");

        (CustomerBootstrap Hits, CustomerBootstrap Recall) Measure(DiscoveryOptions options)
        {
            var moves = CategoryMoves.From(inputs, options, StageContext.Quiet());
            var (hits, recall, work) = (new CustomerBootstrap(), new CustomerBootstrap(), new double[moves.Names.Length]);
            for (int user = 0; user < past.Users; user++)
            {
                var had = Of(past, user, moves);
                var next = Of(later, user, moves).Except(had).Where(c => c >= 0).ToHashSet();
                if (had.Count == 0 || next.Count == 0) continue;
                int found = moves.For(past.Items.AsSpan(past.Pointers[user]..past.Pointers[user + 1]), work, Depth).Count(c => next.Contains(c.Category));
                hits.Add(user, found > 0 ? 1 : 0);
                recall.Add(user, found, Math.Min(Depth, next.Count));
            }
            return (hits, recall);
        }
    }

    private static HashSet<int> Of(PurchaseLog log, int user, CategoryMoves moves) =>
        [.. log.Items[log.Pointers[user]..log.Pointers[user + 1]].Select(i => moves.Of[i])];
}
