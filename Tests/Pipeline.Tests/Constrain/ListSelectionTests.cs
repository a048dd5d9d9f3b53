using System.Globalization;
using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Tests.Constrain;

[TestClass]
internal sealed class ListSelectionTests
{
    [TestMethod]
    public void Laminar_rules_give_the_best_list_that_there_is()
    {
        for (ulong seed = 0; seed < 300; seed++)
        {
            var random = new SplitMix64(seed, "rules");
            var (shop, weights) = Random(ref random, items: 12);
            // Brands lie within categories; the promotion is one brand or one category.
            for (int i = 0; i < 12; i++) shop.Categories[i] = $"c{int.Parse(shop.Brands[i]![1..], CultureInfo.InvariantCulture) / 2}";
            int mostBrand = 1 + random.NextInt(2), mostCategory = mostBrand + random.NextInt(2), least = 1 + random.NextInt(2);
            string promoted = random.NextInt(2) == 0 ? $"\"brand\": \"b{random.NextInt(4)}\"" : $"\"category\": \"c{random.NextInt(2)}\"";
            var rules = shop.Rules($$"""
                [{ "name": "b", "kind": "cap", "per": "brand", "most": {{mostBrand}}, "strict": true },
                 { "name": "c", "kind": "cap", "per": "category", "most": {{mostCategory}}, "strict": true },
                 { "name": "q", "kind": "quota", "where": { {{promoted}} }, "least": {{least}} }]
                """);
            Assert.IsTrue(rules.Of(0).IsLaminar);

            var list = RuledShop.List(rules, weights, length: 5);

            var best = BruteForce(rules, weights, 5);
            Assert.AreEqual(best.Placed, Math.Min(least, Placed(rules, list.Items)), $"seed {seed}");
            Assert.AreEqual(best.Length, list.Items.Length, $"seed {seed}");
            Assert.AreEqual(best.Sum, list.Items.Sum(i => weights[i]), 1e-4, $"seed {seed}");
        }
    }

    [TestMethod]
    public void Overlapping_caps_stay_above_their_bound()
    {
        double worst = 1;
        for (ulong seed = 0; seed < 300; seed++)
        {
            var random = new SplitMix64(seed, "rules");
            var (shop, weights) = Random(ref random, items: 12);
            for (int i = 0; i < 12; i++) shop.Categories[i] = $"c{random.NextInt(4)}";
            var rules = shop.Rules("""
                [{ "name": "b", "kind": "cap", "per": "brand", "most": 1, "strict": true },
                 { "name": "c", "kind": "cap", "per": "category", "most": 1, "strict": true }]
                """);

            var list = RuledShop.List(rules, weights, length: 4);

            worst = Math.Min(worst, list.Items.Sum(i => weights[i]) / BruteForce(rules, weights, 4, fullFirst: false).Sum);
        }
        Assert.IsGreaterThanOrEqualTo(0.5, worst);
    }

    [TestMethod]
    public void Pins_slots_and_quotas_stand_where_they_should_and_say_so()
    {
        var shop = new RuledShop(10);
        for (int i = 0; i < 10; i++) shop.Brands[i] = i >= 7 ? "promo" : "other";
        var rules = shop.Rules("""
            [{ "name": "hero", "kind": "pin", "where": { "item": "i6" }, "position": 1 },
             { "name": "ad", "kind": "slot", "where": { "brand": "promo" }, "positions": [3] },
             { "name": "share", "kind": "quota", "where": { "brand": "promo" }, "least": 2 }]
            """);

        var list = RuledShop.List(rules, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1], length: 5);

        // The second of the promotion may stand anywhere, so it stands where its relevance puts it: at the end.
        CollectionAssert.AreEqual(new[] { 6, 0, 7, 1, 8 }, list.Items);
        CollectionAssert.AreEqual(new[] { "hero", "", "ad", "", "share" }, Enumerable.Range(0, 5).Select(list.Placed).ToArray());
        Assert.AreEqual(CandidateSource.Promoted, list.Sources[0]);
        Assert.IsEmpty(list.YieldedOn(0));
    }

    [TestMethod]
    public void Rules_that_cannot_all_hold_yield_in_the_documented_order()
    {
        var shop = new RuledShop(6);
        for (int i = 0; i < 6; i++) shop.Brands[i] = i < 4 ? "a" : "b";
        var rules = shop.Rules("""
            [{ "name": "low", "kind": "pin", "where": { "item": "i5" }, "position": 1 },
             { "name": "high", "kind": "pin", "where": { "item": "i4" }, "position": 1, "priority": 9 },
             { "name": "few", "kind": "cap", "per": "brand", "most": 1 },
             { "name": "more", "kind": "quota", "where": { "brand": "b" }, "least": 2 }]
            """);

        var list = RuledShop.List(rules, [6, 5, 4, 3, 2, 1], length: 3);

        // The pin of the higher priority has the place; the cap leaves no second b for the quota; to fill the list the cap yields.
        CollectionAssert.AreEqual(new[] { 4, 0, 1 }, list.Items);
        CollectionAssert.AreEquivalent(new[] { 1, 3, 4 }, list.YieldedOn(0).ToArray());
    }

    [TestMethod]
    public void A_strict_cap_leaves_the_list_short_and_others_wait_for_more()
    {
        var shop = new RuledShop(6);
        for (int i = 0; i < 6; i++) shop.Brands[i] = "a";
        const string Cap = """[{ "name": "few", "kind": "cap", "per": "brand", "most": 2 }]""";
        float[] weights = [6, 5, 4, 3, 2, 1];

        Assert.HasCount(2, RuledShop.List(shop.Rules(Cap.Replace("2 }", "2, \"strict\": true }", StringComparison.Ordinal)), weights, 3).Items);
        var first = RuledShop.List(shop.Rules(Cap), weights, 3, isLast: false);
        Assert.HasCount(2, first.Items, "deeper candidates are looked at first");
        Assert.IsEmpty(first.YieldedOn(0));
        var last = RuledShop.List(shop.Rules(Cap), weights, 3);
        Assert.HasCount(3, last.Items);
        CollectionAssert.AreEqual(new[] { 1 }, last.YieldedOn(0).ToArray());
    }

    [TestMethod]
    public void Filters_dates_segments_and_regions_decide_for_whom_and_when()
    {
        var shop = new RuledShop(5, users: 3).With("adult", i => i == 0 ? "1" : null).With("region", i => i == 1 ? "DE, AT" : null);
        shop.Prices[2] = 0.5;
        shop.Segments[0] = "minor";
        shop.UserAttributes = new AttributeTable(["country"], 3);
        shop.UserAttributes["country"][1] = "at";
        var rules = shop.Rules(
            """
            [{ "name": "18", "kind": "exclude", "where": { "adult": true }, "segments": ["minor"] },
             { "name": "region", "kind": "match", "item": "region", "user": "country" },
             { "name": "cheap", "kind": "exclude", "where": { "price": { "<": 1 } } },
             { "name": "over", "kind": "exclude", "where": { "item": "i4" }, "to": "2026-06-01" },
             { "name": "now", "kind": "exclude", "where": { "item": "i3" }, "from": "2026-06-01" }]
            """,
            new DateTime(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.AreEqual("4", Left(0));
        Assert.AreEqual("0 1 4", Left(1));
        Assert.AreEqual("0 4", Left(2));
        CollectionAssert.AreEqual(new[] { 2, 3 }, Enumerable.Range(0, 5).Where(rules.EverybodyRuledOut!.Contains).ToArray());

        string Left(int user) => string.Join(' ', Enumerable.Range(0, 5).Where(i => !rules.RuledOut(user)!.Contains(i)));
    }

    private static (RuledShop Shop, float[] Weights) Random(ref SplitMix64 random, int items)
    {
        var shop = new RuledShop(items);
        var weights = new float[items];
        for (int i = 0; i < items; i++)
        {
            shop.Brands[i] = $"b{random.NextInt(4)}";
            weights[i] = 1 + random.NextInt(1_000) + i * 0.001f;
        }
        return (shop, weights);
    }

    private static int Placed(RuleSet rules, IEnumerable<int> items) =>
        rules.Active.Where(r => r.Places).Sum(r => items.Count(rules.ItemsOf(r)!.Contains));

    /// <summary>Over all lists under the caps: as much of the promotion as there can be, then as long, then as much weight as there can be.</summary>
    private static (int Placed, int Length, float Sum) BruteForce(RuleSet rules, float[] weights, int length, bool fullFirst = true)
    {
        var best = (Placed: -1, Length: -1, Sum: float.NegativeInfinity);
        int least = rules.Active.Where(r => r.Kind == RuleKind.Quota).Sum(r => r.Least);
        for (int set = 0; set < 1 << weights.Length; set++)
        {
            if (System.Numerics.BitOperations.PopCount((uint)set) > length) continue;
            int[] items = [.. Enumerable.Range(0, weights.Length).Where(i => (set >> i & 1) != 0)];
            if (rules.Of(0).Caps.Any(c => items.CountBy(i => c.Groups[i]).Any(g => g.Key >= 0 && g.Value > c.Rule.Most))) continue;
            var found = (Placed: Math.Min(least, Placed(rules, items)), Length: fullFirst ? items.Length : 0, Sum: items.Sum(i => weights[i]));
            if (found.CompareTo(best) > 0) best = found;
        }
        return best;
    }
}
