using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Places;
using Recsys.Batch.Pipeline.Places.Audience;

namespace Recsys.Batch.Pipeline.Tests.Places;

[TestClass]
internal sealed class AudienceTests
{
    private const int Items = 12;

    [TestMethod]
    public void Buyers_of_such_items_come_first_and_get_what_they_have_not()
    {
        // Users below 20 buy items below 6, others the rest; user 3 often has item 0, user 19 nothing of late.
        var inputs = Shop() with { Promotions = [("cups", Set(0, 1, 2))] };

        var rows = MadeLog.Made(new PromotionAudiencePlace(new AudienceOptions { Count = 20 }), inputs).Rows.Select(r => r.Split(' ')).ToList();

        Assert.HasCount(20, rows);
        Assert.IsTrue(rows.TrueForAll(r => r[0] == "cups" && int.Parse(r[4][1..]) < 20), string.Join('\n', rows.Select(r => string.Join(' ', r))));
        Assert.AreEqual("u3", rows[0][4]);
        Assert.AreNotEqual("i0", rows[0][2], "the customer has it");
        CollectionAssert.AreEqual(rows.Select(r => double.Parse(r[3])).OrderDescending().ToArray(), rows.Select(r => double.Parse(r[3])).ToArray());
        Assert.IsTrue(rows.TrueForAll(r => double.Parse(r[3]) is > 0 and < 1));
    }

    [TestMethod]
    public void Probabilities_are_those_that_come_true()
    {
        // 400 customers who buy by a known rate and taste: of those with about the same probability about as many buy.
        var random = new SplitMix64(11, "odds");
        var rows = new List<(int User, uint Second, uint Order, int Item)>();
        for (int user = 0; user < 400; user++)
        {
            double daily = 0.02 + 0.1 * random.NextDouble(), taste = random.NextDouble() * random.NextDouble();
            for (uint day = 0; day < 200; day++)
            {
                if (random.NextDouble() >= daily) continue;
                rows.Add((user, day * MadeLog.Day, day + 1, random.NextDouble() < taste ? random.NextInt(3) : 3 + random.NextInt(9)));
            }
        }
        var log = MadeLog.Of(400, rows.Where(r => r.Second < 172 * MadeLog.Day));
        var probability = new PurchaseProbability(log, new AudienceOptions { HorizonDays = 28, HalfLifeDays = 1_000 });
        double[] shares = probability.Shares(Set(0, 1, 2));
        var buyers = rows.Where(r => r.Second >= 172 * MadeLog.Day && r.Item < 3).Select(r => r.User).ToHashSet();

        double[] all = [.. Enumerable.Range(0, 400).Select(u => probability.Of(u, Set(0, 1, 2), shares))];
        int[] order = [.. Enumerable.Range(0, 400).OrderBy(u => all[u])];
        foreach (int[] quarter in order.Chunk(100))
            Assert.AreEqual(quarter.Average(u => all[u]), quarter.Count(buyers.Contains) / 100.0, 0.12, string.Join(' ', quarter.Take(3).Select(u => all[u])));
    }

    [TestMethod]
    public void Nothing_to_promote_is_said_and_threads_change_nothing()
    {
        var place = new PromotionAudiencePlace(new AudienceOptions());
        StringAssert.Contains(place.Lacks(Shop()), "Places:Audience:Campaigns");
        StringAssert.Contains(place.Lacks(Shop() with { Promotions = [("x", Set(0))], NeedsNoise = true }), "Privacy:Epsilon");

        var inputs = Shop() with { Promotions = [("a", Set(0, 7)), ("b", Set(3))] };
        CollectionAssert.AreEqual(MadeLog.Made(place, inputs, threads: 1).Rows, MadeLog.Made(place, inputs, threads: 3).Rows);
    }

    [TestMethod]
    public void What_nobody_sells_has_no_audience()
    {
        var catalog = MadeLog.CatalogOf(Items);
        catalog.Available[0] = false;
        var inputs = Shop(catalog) with { Promotions = [("gone", Set(0)), ("here", Set(1))] };

        var rows = MadeLog.Made(new PromotionAudiencePlace(new AudienceOptions { Count = 2 }), inputs).Rows;

        Assert.HasCount(2, rows);
        Assert.IsTrue(rows.All(r => r.StartsWith("here ", StringComparison.Ordinal)));
    }

    private static PlaceInputs Shop(Catalog? catalog = null)
    {
        var rows = new List<(int, uint, uint, int)>();
        for (int user = 0; user < 40; user++)
            for (uint n = 0; n < 6; n++)
                rows.Add((user, (10 * n + (uint)(user % 7)) * MadeLog.Day, n + 1, (int)(user / 20 * 6 + (user + n * (1 + user % 3)) % 6)));
        for (uint n = 0; n < 8; n++) rows.Add((3, (40 + n) * MadeLog.Day, 50 + n, 0));
        return MadeLog.Inputs(MadeLog.Of(40, rows), Items, catalog);
    }

    private static ItemSet Set(params int[] items) => ItemSet.Of(Items, items.Contains);
}
