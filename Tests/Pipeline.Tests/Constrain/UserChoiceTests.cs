using System.Numerics;
using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Constrain.Allocation;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Tests.Constrain;

/// <summary>One user's list at given prices, beside the best of all lists there are.</summary>
[TestClass]
internal sealed class UserChoiceTests
{
    private const int Items = 11;
    private const int Length = 4;

    [TestMethod]
    public void Nested_rules_give_the_best_list_at_any_prices()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            var random = new SplitMix64(seed, "choice");
            var shop = new RuledShop(Items);
            for (int i = 0; i < Items; i++) (shop.Brands[i], shop.Categories[i]) = ($"b{i / 3}", $"c{i / 6}");
            var rules = shop.Rules($$"""
                [{ "name": "b", "kind": "cap", "per": "brand", "most": {{1 + random.NextInt(2)}} },
                 { "name": "c", "kind": "cap", "per": "category", "most": {{2 + random.NextInt(2)}} },
                 { "name": "q", "kind": "quota", "where": { "brand": "b{{random.NextInt(3)}}" }, "least": {{1 + random.NextInt(2)}} }]
                """);

            var (worth, bound, best) = Choose(rules, ref random);

            Assert.IsTrue(rules.Of(0).IsLaminar);
            Assert.AreEqual(best, worth, 1e-6, $"seed {seed}");
            Assert.AreEqual(worth, bound, $"seed {seed}");
        }
    }

    [TestMethod]
    public void Overlapping_rules_stay_below_their_bound()
    {
        double sum = 0, bests = 0, bounds = 0;
        for (ulong seed = 0; seed < 200; seed++)
        {
            var random = new SplitMix64(seed, "choice");
            var shop = new RuledShop(Items);
            for (int i = 0; i < Items; i++) (shop.Brands[i], shop.Categories[i]) = ($"b{random.NextInt(4)}", $"c{random.NextInt(4)}");
            var rules = shop.Rules("""
                [{ "name": "b", "kind": "cap", "per": "brand", "most": 1 },
                 { "name": "c", "kind": "cap", "per": "category", "most": 2 },
                 { "name": "q", "kind": "quota", "where": { "item": ["i1", "i4", "i7"] }, "least": 2 }]
                """);

            var (worth, bound, best) = Choose(rules, ref random);

            Assert.IsLessThanOrEqualTo(best + 1e-6, worth, $"seed {seed}");
            Assert.IsGreaterThanOrEqualTo(best - 1e-6, bound, $"seed {seed}");
            (sum, bests, bounds) = (sum + worth, bests + best, bounds + bound);
        }
        Assert.IsGreaterThan(0.98, sum / bests);
        Assert.IsGreaterThan(0.9, sum / bounds);
    }

    [TestMethod]
    public void What_cannot_be_had_at_a_price_does_not_count_in_the_bound()
    {
        var shop = new RuledShop(Items);
        for (int i = 0; i < Items; i++) (shop.Brands[i], shop.Categories[i]) = ($"b{i % 3}", $"c{i / 4}");
        var rules = shop.Rules("""
            [{ "name": "c", "kind": "cap", "per": "category", "most": 2 },
             { "name": "q", "kind": "quota", "where": { "item": ["i1", "i9"] }, "least": 1 }]
            """);
        var random = new SplitMix64(1, "choice");
        var block = Block(rules, ref random);
        double[] prices = new double[Items];
        prices[1] = prices[9] = 6;

        new UserChoice(rules).Choose(block, 0, prices, out double bound);

        Assert.IsFalse(rules.Of(0).IsLaminar);
        Assert.IsLessThan(Length * 2 + 0.0, bound);
    }

    private static (double Worth, double Bound, double Best) Choose(RuleSet rules, ref SplitMix64 random)
    {
        var block = Block(rules, ref random);
        var prices = new double[Items];
        // Some are as dear as what a rule wants is worth.
        for (int i = 0; i < Items; i++) prices[i] = random.NextInt(3) == 0 ? random.NextDouble() * 6 : random.NextInt(3) == 0 ? -random.NextDouble() : 0;
        double worth = new UserChoice(rules).Choose(block, 0, prices, out double bound);
        return (worth, bound, BruteForce(rules.Of(0), block, prices));
    }

    private static AllocationBlock Block(RuleSet rules, ref SplitMix64 random)
    {
        var weights = new float[Items];
        for (int i = 0; i < Items; i++) weights[i] = (float)random.NextDouble();
        return AllocationBlock.Of(RuledShop.List(rules, weights, Length, reserve: true));
    }

    private static double BruteForce(UserProfile profile, AllocationBlock block, double[] prices)
    {
        double best = 0;
        for (int set = 0; set < 1 << block.Items.Length; set++)
        {
            if (BitOperations.PopCount((uint)set) > block.Lengths[0]) continue;
            ushort[] list = [.. Enumerable.Range(0, block.Items.Length).Where(k => (set >> k & 1) != 0).Select(k => (ushort)k)];
            if (profile.Caps.Any(cap => list.CountBy(k => cap.Groups[block.Items[k]]).Any(g => g.Key >= 0 && g.Value > Most(cap, g.Key)))) continue;
            double worth = list.Sum(k => UserChoice.Full + block.Weights[k] - prices[block.Items[k]]);
            best = Math.Max(best, worth + UserChoice.Wanted * WantedEntries.Count(profile, block, 0, list));
        }
        return best;

        // A cap that had to yield on the list as it came may do so again.
        int Most(ListCap cap, int group) =>
            Math.Max(cap.Rule.Most, Enumerable.Range(0, block.Lengths[0]).Count(k => cap.Groups[block.Items[k]] == group));
    }
}
