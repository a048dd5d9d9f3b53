using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Constrain.Allocation;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Constrain;

[TestClass]
internal sealed class ListOutlookTests
{
    [TestMethod]
    [DataRow("""{ "name": "brand", "kind": "cap", "per": "brand", "most": 2 }""")]
    [DataRow("""{ "name": "promo", "kind": "quota", "where": { "brand": "b3" }, "least": 2 }""")]
    [DataRow("""{ "name": "brand", "kind": "cap", "per": "brand", "most": 2 }, { "name": "promo", "kind": "quota", "where": { "brand": "b3" }, "least": 1 }""")]
    public void A_list_of_which_no_gain_is_expected_would_be_chosen_again_as_it_is(string rule)
    {
        const int Users = 400, Items = 80, Length = 6;
        using var folder = new TempFolder();
        var shop = new RuledShop(Items, Users);
        for (int i = 0; i < Items; i++) shop.Brands[i] = $"b{i % 9}";
        var rules = shop.Rules($$"""[{{rule}}, { "name": "floor", "kind": "floor", "per": "brand", "lists": 390, "where": { "brand": ["b3", "b4"] } }]""");
        var block = Block(rules, Users, Items, Length);
        block.Write(folder.File("0.bin"));
        var accounts = new Accounts(rules, [.. Enumerable.Repeat(true, Items)], Users, Length);
        var bounds = AccountBounds.Count(accounts, rules, used: null, [folder.File("0.bin")], StageContext.Quiet(1));
        var search = new PriceSearch(bounds);
        var (choice, counts) = (new UserChoice(rules), new int[3]);
        foreach (double raise in new[] { 0.01, 0.1, 0.4 })
        {
            var now = new RunningPrices(bounds, search);
            var outlook = new ListOutlook(rules, now);
            now.Raise(raise);
            for (int u = 0; u < block.Count; u++)
            {
                choice.Choose(block, u, search.OfItems());
                ushort[] list = choice.Chosen();
                var expected = outlook.IfMissed(block, u, list);
                choice.Choose(block, u, now.OfItems);
                bool isSame = list.AsSpan().SequenceEqual(choice.Chosen());
                if (expected != Outlook.Gain)
                    Assert.IsTrue(isSame, $"user {u} at {raise}: {string.Join(' ', list)} became {string.Join(' ', choice.Chosen())}");
                counts[expected != Outlook.Gain ? 0 : isSame ? 1 : 2]++;
            }
        }
        // Most lists stay as they are and are known to, and few are chosen again for nothing.
        Assert.IsGreaterThan(100, counts[0], string.Join(' ', counts));
        Assert.IsGreaterThan(4 * counts[1], counts[2], string.Join(' ', counts));
    }

    private static AllocationBlock Block(RuleSet rules, int users, int items, int length)
    {
        var random = new SplitMix64(11, "outlook");
        var lists = new List<(RecommendationBlock, int)>();
        for (int u = 0; u < users; u++)
        {
            var weights = new float[items];
            foreach (ref float w in weights.AsSpan()) w = (float)random.NextDouble();
            lists.Add((RuledShop.List(rules, weights, length, u, reserve: true), 0));
        }
        return AllocationBlock.Of(GatheredLists.Of([.. Enumerable.Range(0, users)], [.. lists]));
    }
}
