using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Constrain.Allocation;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Constrain;

[TestClass]
internal sealed class AllocationTests
{
    [TestMethod]
    public void Small_nights_come_near_the_best_allocation_and_never_above_their_bound()
    {
        const int Users = 4, Items = 5, Length = 2;
        double worst = 1, sum = 0;
        for (ulong seed = 0; seed < 60; seed++)
        {
            var random = new SplitMix64(seed, "allocation");
            var shop = new RuledShop(Items, Users).With("stock", i => i < 2 ? "1" : null);
            string rules = random.NextInt(2) == 0
                ? """[{ "name": "stock", "kind": "limit", "listsPerPiece": 2 }]"""
                : """[{ "name": "stock", "kind": "limit", "listsPerPiece": 2 }, { "name": "new", "kind": "floor", "where": { "item": "i4" }, "lists": 2 }]""";
            var weights = Weights(ref random, Users, Items);

            var made = Allocate(shop.Rules(rules), weights, Length);

            var best = BruteForce(made.Accounts, weights, Length);
            Assert.IsTrue(Holds(made.Accounts, made.Lists), $"seed {seed}");
            Assert.IsGreaterThanOrEqualTo(best - 1e-4, made.Result.WeightBound, $"seed {seed}");
            worst = Math.Min(worst, made.Result.Weight / best);
            sum += made.Result.Weight / best;
        }
        // Each of four users is a quarter of the night: whole numbers cost more here than in any shop.
        Assert.IsGreaterThan(0.9, worst);
        Assert.IsGreaterThan(0.99, sum / 60);
    }

    [TestMethod]
    public void A_night_breaks_no_limit_meets_floors_and_is_near_its_bound()
    {
        var (shop, weights) = Night(users: 3_000, items: 300);
        var rules = shop.Rules("""
            [{ "name": "stock", "kind": "limit", "listsPerPiece": 10 },
             { "name": "brand", "kind": "cap", "per": "brand", "most": 3 },
             { "name": "promo", "kind": "quota", "where": { "brand": "b3" }, "least": 1 },
             { "name": "sellers", "kind": "floor", "per": "seller", "share": 0.02 },
             { "name": "new", "kind": "floor", "where": { "age": "new" }, "per": "item", "lists": 20 }]
            """);

        var made = Allocate(rules, weights, length: 10);

        Assert.IsTrue(Holds(made.Accounts, made.Lists));
        Assert.IsLessThan(0.002, made.Result.Gap, made.Result.ToString());
        Assert.IsLessThan(made.Result.WeightBefore, made.Result.Weight);
        Assert.AreEqual(made.Result.WeightBefore - made.Result.Weight, made.Result.Cost.Sum(), 1e-3 * made.Result.WeightBefore);
        foreach (var list in made.Lists)
        {
            Assert.AreEqual(10, list.Distinct().Count());
            Assert.IsTrue(list.CountBy(i => shop.Brands[i]!).All(b => b.Value <= 3));
            Assert.IsTrue(list.Any(i => shop.Brands[i] == "b3"));
        }
    }

    [TestMethod]
    public void Threads_and_blocks_of_work_change_nothing()
    {
        var (shop, weights) = Night(users: 800, items: 120);
        var rules = shop.Rules(
            """[{ "name": "stock", "kind": "limit", "listsPerPiece": 5 }, { "name": "s", "kind": "floor", "per": "seller", "share": 0.05 }]""");

        var one = Allocate(rules, weights, length: 8, threads: 1);
        var four = Allocate(rules, weights, length: 8, threads: 4);

        Assert.AreEqual(one.Result.Bound, four.Result.Bound);
        Assert.AreEqual(string.Join('|', one.Lists.Select(l => string.Join(' ', l))), string.Join('|', four.Lists.Select(l => string.Join(' ', l))));
    }

    [TestMethod]
    public void An_item_of_forty_pieces_is_not_put_before_everybody()
    {
        var shop = new RuledShop(6, users: 500).With("stock", i => i == 0 ? "40" : null);
        var random = new SplitMix64(1, "forty");
        var weights = Weights(ref random, 500, 6);
        foreach (float[] user in weights) user[0] = 1;

        var made = Allocate(shop.Rules("""[{ "name": "stock", "kind": "limit", "listsPerPiece": 1 }]"""), weights, length: 2);

        Assert.AreEqual(40, made.Lists.Count(l => l.Contains(0)));
        Assert.AreEqual(1, made.Result.Cost.Length);
        Assert.IsGreaterThan(0, made.Result.Prices[0]);
    }

    [TestMethod]
    public void Pieces_that_will_sell_anyway_are_no_stock_for_lists()
    {
        const string Rule = """[{ "name": "stock", "kind": "limit", "listsPerPiece": 2, "lessExpected": true }]""";
        var shop = new RuledShop(4).With("stock", i => i == 3 ? null : "40");
        StringAssert.Contains(shop.Rules(Rule).Warnings().Single(), "no item_forecast");
        CollectionAssert.AreEqual(new long[] { 80, 80, 80 }, Bounds(shop.Rules(Rule)), "nobody knows what will sell");

        shop.Expected = [10.6, 55, 0, 9];

        Assert.IsEmpty(shop.Rules(Rule).Warnings());
        CollectionAssert.AreEqual(new long[] { 58, 0, 80 }, Bounds(shop.Rules(Rule)));
        CollectionAssert.AreEqual(new long[] { 80, 80, 80 }, Bounds(shop.Rules("""[{ "name": "stock", "kind": "limit", "listsPerPiece": 2 }]""")));

        static long[] Bounds(RuleSet set) => [.. new Accounts(set, [true, true, true, true], 100, 10).All.Select(a => a.Bound)];
    }

    [TestMethod]
    public void Two_entries_of_a_list_do_not_share_the_last_place_of_a_seller()
    {
        // Every list has two places, so an odd bound is met with one place left before a list that would take two.
        var shop = new RuledShop(6, users: 60).With("seller", i => i < 2 ? "a" : "b");
        var random = new SplitMix64(3, "sellers");
        var weights = Weights(ref random, 60, 6);
        foreach (float[] user in weights) (user[0], user[1]) = (1, 1);

        var made = Allocate(shop.Rules("""[{ "name": "s", "kind": "limit", "where": { "seller": "a" }, "per": "seller", "lists": 31 }]"""), weights, length: 2);

        Assert.AreEqual(31, made.Lists.Sum(l => l.Count(i => i < 2)));
        Assert.IsTrue(made.Lists.All(l => l.Length == 2));
    }

    [TestMethod]
    public void Pins_yield_to_limits_and_kept_lists_count()
    {
        var shop = new RuledShop(6, users: 30).With("stock", i => i == 5 ? "10" : null);
        var random = new SplitMix64(2, "pins");
        var rules = shop.Rules("""
            [{ "name": "hero", "kind": "pin", "where": { "item": "i5" }, "position": 1 }, { "name": "stock", "kind": "limit", "listsPerPiece": 1 }]
            """);

        var made = Allocate(rules, Weights(ref random, 30, 6), length: 3, used: [4]);

        Assert.AreEqual(6, made.Lists.Count(l => l.Contains(5)));
        Assert.IsTrue(made.Lists.Where(l => l.Contains(5)).All(l => l[0] == 5));
        Assert.AreEqual(24, made.Blocks.Sum(b => Enumerable.Range(0, b.Users.Length).Count(u => b.YieldedOn(u).Contains(1))));
    }

    private static (RuledShop Shop, float[][] Weights) Night(int users, int items)
    {
        var random = new SplitMix64(7, "night");
        var shop = new RuledShop(items, users)
            .With("stock", i => i % 3 == 0 ? (1 + i % 7).ToString(System.Globalization.CultureInfo.InvariantCulture) : null)
            .With("seller", i => $"s{i % 20}")
            .With("age", i => i % 40 == 1 ? "new" : "old");
        for (int i = 0; i < items; i++) shop.Brands[i] = $"b{i / 10}";
        float[] popular = [.. Enumerable.Range(0, items).Select(_ => (float)random.NextDouble())];
        var weights = new float[users][];
        for (int u = 0; u < users; u++)
        {
            var own = new float[items];
            for (int i = 0; i < items; i++) own[i] = (popular[i] + (float)random.NextDouble()) / 2;
            weights[u] = own;
        }
        return (shop, weights);
    }

    private static float[][] Weights(ref SplitMix64 random, int users, int items)
    {
        var weights = new float[users][];
        for (int u = 0; u < users; u++)
        {
            weights[u] = new float[items];
            for (int i = 0; i < items; i++) weights[u][i] = (float)random.NextDouble();
            // Relevance runs from 0 to 1, as it does in a night.
            weights[u][random.NextInt(items)] = 1;
        }
        return weights;
    }

    private static Allocated Allocate(RuleSet rules, float[][] weights, int length, int threads = 2, long[]? used = null)
    {
        using var folder = new TempFolder();
        var accounts = new Accounts(rules, [.. Enumerable.Repeat(true, weights[0].Length)], weights.Length, length);
        var drafts = new List<RecommendationBlock>();
        var files = new List<string>();
        foreach (int[] members in Enumerable.Range(0, weights.Length).Chunk(64))
        {
            drafts.Add(GatheredLists.Of(members, [.. members.Select(u => (Draft(u), 0))]));
            files.Add(folder.File($"{files.Count}.bin"));
            AllocationBlock.Of(drafts[^1]).Write(files[^1]);
        }
        var blocks = new RecommendationBlock[files.Count];
        var result = new Allocator(rules, accounts, new RulesOptions(), StageContext.Quiet(threads)).Run(
            files, used, (b, problem, lists) => blocks[b] = SwappedLists.Of(drafts[b], problem, lists, rules, out _));
        int[][] made = [.. blocks.SelectMany(b => Enumerable.Range(0, b.Users.Length).Select(u => b.Items[b.Offsets[u]..b.Offsets[u + 1]]))];
        return new Allocated(accounts, result, made, blocks);

        RecommendationBlock Draft(int user)
        {
            float low = weights[user].Min(), high = weights[user].Max();
            return RuledShop.List(rules, [.. weights[user].Select(w => (w - low) / (high - low))], length, user, reserve: true);
        }
    }

    private static bool Holds(Accounts accounts, int[][] lists)
    {
        var used = new long[accounts.All.Count];
        foreach (int item in lists.SelectMany(l => l))
            foreach (int account in accounts.Of(item)) used[account]++;
        return accounts.All.Index().All(a => a.Item.IsFloor ? used[a.Index] >= a.Item.Bound : used[a.Index] <= a.Item.Bound);
    }

    private static double BruteForce(Accounts accounts, float[][] weights, int length)
    {
        int items = weights[0].Length;
        var lists = new List<int[]>();
        for (int set = 0; set < 1 << items; set++)
            if (System.Numerics.BitOperations.PopCount((uint)set) == length) lists.Add([.. Enumerable.Range(0, items).Where(i => (set >> i & 1) != 0)]);
        double best = double.NegativeInfinity;
        var chosen = new int[weights.Length][];
        Try(0, 0);
        return best;

        void Try(int user, double sum)
        {
            if (user == weights.Length)
            {
                if (sum > best && Holds(accounts, chosen)) best = sum;
                return;
            }
            float low = weights[user].Min(), high = weights[user].Max();
            foreach (int[] list in lists)
            {
                chosen[user] = list;
                Try(user + 1, sum + list.Sum(i => (weights[user][i] - low) / (high - low)));
            }
        }
    }

    private sealed record Allocated(Accounts Accounts, AllocationResult Result, int[][] Lists, IReadOnlyList<RecommendationBlock> Blocks);
}
