using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Places;
using Recsys.Batch.Pipeline.Places.CartComplements;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Places;

[TestClass]
internal sealed class CartComplementsTests
{
    private const int Items = 60;

    [TestMethod]
    public void A_planted_pair_is_found_and_chance_is_not()
    {
        var (rows, note) = Made(Planted(orders: 25));

        CollectionAssert.AreEqual(new[] { "i58 1 i59", "i59 1 i58" }, Keys(rows));
        StringAssert.Contains(note, "1 of 1,770 pairs are bought together beyond chance");
        string[] values = rows[0].Split(' ');
        Assert.AreEqual("25", values[4]);
        Assert.IsGreaterThan(2, double.Parse(values[5], System.Globalization.CultureInfo.InvariantCulture), "lift");
    }

    [TestMethod]
    public void Large_orders_alone_make_no_pair()
    {
        // Half of the orders hold a third of the shop each: every pair is together far more often than item counts say.
        int found = 0;
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var random = new SplitMix64(seed, "large");
            var rows = new List<(int, uint, uint, int)>();
            for (uint order = 1; order <= 400; order++)
            {
                int size = order % 2 == 0 ? 20 : 2;
                int[] items = [.. Enumerable.Range(0, Items).OrderBy(_ => random.Next()).Take(size)];
                rows.AddRange(items.Select(i => ((int)(order % 50), order * MadeLog.Day, order, i)));
            }
            found += new PairTests(new CartComplementsOptions()).Run(Orders.Of(MadeLog.Of(50, rows), Items, 30)!, StageContext.Quiet()).Pairs.Count > 0 ? 1 : 0;
        }
        Assert.IsLessThanOrEqualTo(4, found, "of 20 logs of chance, where one with a discovery is expected at most");
    }

    [TestMethod]
    public void Rows_are_the_same_at_any_number_of_threads()
    {
        var inputs = MadeLog.Inputs(MadeLog.Of(50, MadeLog.Chance(3_000, 40, 12, seed: 4).Concat(Planted(60))), Items);
        var place = new CartComplementsPlace(new CartComplementsOptions { FalseDiscoveryRate = 0.5, MinOrders = 1, MinCustomers = 1 });

        var one = MadeLog.Made(place, inputs, threads: 1).Rows;

        Assert.IsNotEmpty(one);
        CollectionAssert.AreEqual(one, MadeLog.Made(place, inputs, threads: 4).Rows);
    }

    [TestMethod]
    public void Substitutes_and_what_is_not_for_sale_are_left_out()
    {
        var log = MadeLog.Of(50, Planted(orders: 25));
        var hashes = new ulong[Items];
        hashes[58] = hashes[59] = 7;
        var parents = new ulong[Items];
        parents[58] = parents[59] = 9;
        var gone = MadeLog.CatalogOf(Items);
        gone.Available[59] = false;
        var like = new FactorMatrix(Items, 2);
        (like.Row(58)[0], like.Row(59)[0], like.Row(59)[1]) = (1, 0.95f, 0.3f);
        var text = EmbeddingTable.Normalize(like);

        Assert.IsEmpty(Rows(Copy(hashes, null)));
        Assert.IsEmpty(Rows(Copy(new ulong[Items], parents)));
        CollectionAssert.AreEqual(new[] { "i59 1 i58" }, Keys(Rows(gone)));
        Assert.IsEmpty(Rows(MadeLog.CatalogOf(Items), text, likeness: 0.9));
        Assert.HasCount(2, Rows(MadeLog.CatalogOf(Items), text, likeness: 0.99));

        Catalog Copy(ulong[] textHashes, ulong[]? of) => new()
        {
            Titles = new string?[Items],
            Categories = new string?[Items],
            Brands = new string?[Items],
            Prices = new double[Items],
            Available = [.. Enumerable.Repeat(true, Items)],
            TextHashes = textHashes,
            Parents = of,
        };

        string[] Rows(Catalog catalog, EmbeddingTable? words = null, double likeness = 1) => MadeLog.Made(
            new CartComplementsPlace(new CartComplementsOptions { MaxLikeness = likeness }), MadeLog.Inputs(log, Items, catalog, words)).Rows;
    }

    [TestMethod]
    public void A_pair_needs_so_many_customers_by_its_own_option_and_by_privacys()
    {
        // All 25 orders with the pair are of two customers.
        var log = MadeLog.Of(50, Planted(orders: 25, customers: 2));

        Assert.HasCount(2, Rows(2, 1));
        Assert.IsEmpty(Rows(3, 1));
        Assert.IsEmpty(Rows(1, 3));

        string[] Rows(int own, int privacy) => MadeLog.Made(
            new CartComplementsPlace(new CartComplementsOptions { MinCustomers = own }), MadeLog.Inputs(log, Items) with { MinCustomers = privacy }).Rows;
    }

    [TestMethod]
    public void What_a_place_lacks_is_said_with_its_key()
    {
        var place = new CartComplementsPlace(new CartComplementsOptions());
        var log = MadeLog.Of(1, [(0, 1, 1, 0)], hasTime: false, hasOrders: false);

        StringAssert.Contains(place.Lacks(MadeLog.Inputs(log, 1)), "Ingest:Events:N:Columns:Group");
        StringAssert.Contains(place.Lacks(MadeLog.Inputs(MadeLog.Of(1, [(0, 1, 1, 0)]), 1) with { NeedsNoise = true }), "Privacy:Epsilon");
        Assert.IsNull(place.Lacks(MadeLog.Inputs(MadeLog.Of(1, [(0, 1, 1, 0)]), 1)));
        var (rows, note) = MadeLog.Made(place, MadeLog.Inputs(MadeLog.Of(1, [(0, 1, 1, 0)]), 1));
        Assert.IsEmpty(rows);
        Assert.AreEqual("no order holds two items", note);
    }

    [TestMethod]
    public void A_basket_adds_up_what_its_items_bring_in()
    {
        var together = BasketComplements.Of(
            ["a", "b"], [("c", 0.5), ("b", 0.9), ("c", 0.5), ("d", 0.6), ("e", 0.6)], 10, StringComparer.Ordinal);

        CollectionAssert.AreEqual(new[] { "c", "d", "e" }, together.Select(t => t.Item).ToArray());
        Assert.AreEqual(1, together[0].Score, 1e-12);
        Assert.HasCount(1, BasketComplements.Of(["a"], [("c", 1.0), ("d", 0.5)], 1, StringComparer.Ordinal));
    }

    private static (string[] Rows, string? Note) Made(IEnumerable<(int, uint, uint, int)> rows) =>
        MadeLog.Made(new CartComplementsPlace(new CartComplementsOptions()), MadeLog.Inputs(MadeLog.Of(50, rows), Items));

    private static string[] Keys(string[] rows) => [.. rows.Select(r => string.Join(' ', r.Split(' ').Take(3)))];

    /// <summary>A log of chance, and orders that hold the last two items, as often as others hold one of them.</summary>
    private static List<(int, uint, uint, int)> Planted(int orders, int customers = 50)
    {
        var rows = MadeLog.Chance(1_500, Items, 8, seed: 11);
        rows.RemoveAll(r => r.Item >= 58);
        for (uint o = 0; o < orders; o++)
            foreach (int item in (int[])[58, 59]) rows.Add(((int)o % customers, o * MadeLog.Day, 900_000 + o, item));
        for (uint o = 0; o < 40; o++)
            foreach (int item in (int[])[58 + (int)o % 2, (int)o]) rows.Add(((int)o, o * MadeLog.Day, 800_000 + o, item));
        return rows;
    }
}
