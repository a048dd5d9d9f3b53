using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Places;
using Recsys.Batch.Pipeline.Places.Lists;

namespace Recsys.Batch.Pipeline.Tests.Places;

[TestClass]
internal sealed class ListsTests
{
    private const int Customers = 60, Items = 12;

    private static readonly ListsOptions Options = new() { MinItems = 1 };

    [TestMethod]
    public void A_segment_lists_what_its_own_customers_buy()
    {
        var inputs = Shop() with { Segments = [.. Enumerable.Range(0, Customers).Select(u => u < 20 ? "north" : u < 55 ? "south" : null)] };

        var lists = Lists(new SegmentListsPlace(Options), inputs);

        Assert.AreEqual("i0", lists["north popular"][0].Item);
        Assert.AreEqual("i1", lists["south popular"][0].Item);
        CollectionAssert.AreEquivalent(new[] { "all", "north", "south" }, lists.Keys.Select(k => k.Split(' ')[0]).Distinct().ToArray());
        Assert.AreEqual(40, lists["all popular"].Single(r => r.Item == "i1").Score, "customers, each once");
    }

    [TestMethod]
    public void Every_column_of_the_user_table_has_segments_and_a_rare_value_none()
    {
        var countries = new AttributeTable(["country", "tier"], Customers);
        for (int u = 0; u < Customers; u++) countries["country"][u] = u < 20 ? "DE" : u == 20 ? "MT" : "AT";

        var lists = Lists(new SegmentListsPlace(Options), Shop() with { Segments = new string?[Customers], UserAttributes = countries });

        CollectionAssert.AreEqual(
            new[] { "all", "country=AT", "country=DE" }, lists.Keys.Select(k => k.Split(' ')[0]).Distinct().ToArray());
    }

    [TestMethod]
    public void What_grew_beyond_the_shops_own_growth_is_trending()
    {
        var lists = Lists(new SegmentListsPlace(Options), Shop());

        Assert.AreEqual("i2", lists["all trending"][0].Item, "nobody bought it before, thirty did of late");
        Assert.IsFalse(lists["all trending"].Any(r => r.Item == "i3"), "what went out of fashion is not");
    }

    [TestMethod]
    public void New_rated_and_cheaper_items_have_lists_where_something_says_so()
    {
        uint now = 200 * MadeLog.Day;
        var shop = Shop();
        var inputs = shop with
        {
            Purchases = shop.Purchases with
            {
                // Item 1 costs half of what it did, item 0 what it did.
                Prices = [.. shop.Purchases.Items.Zip(shop.Purchases.Seconds, (i, s) => i == 1 && s > now - 14 * MadeLog.Day ? 5f : 10f)],
                Ratings = new ItemRatings([5, 5, 1, .. new int[9]], [25, 10, 5, .. new double[9]]),
            },
            Catalog = Aged([now, 1, 1, .. Enumerable.Repeat(1u, 9)]),
        };

        var lists = Lists(new SegmentListsPlace(Options), inputs);

        CollectionAssert.AreEqual(new[] { "i0" }, lists["all new"].Select(r => r.Item).ToArray());
        Assert.AreEqual(("i1", 0.5), lists["all on_sale"].Single());
        CollectionAssert.AreEqual(new[] { "i0" }, lists["all well_rated"].Select(r => r.Item).ToArray(), "one rating is too few, two stars too bad");
        Assert.IsFalse(Lists(new SegmentListsPlace(Options), shop).Keys.Any(k => k.EndsWith("new", StringComparison.Ordinal)
            || k.EndsWith("on_sale", StringComparison.Ordinal) || k.EndsWith("rated", StringComparison.Ordinal)), "nothing says so here");
    }

    [TestMethod]
    public void A_list_price_tells_what_is_on_sale()
    {
        var prices = new AttributeTable(["was"], Items);
        (prices["was"][4], prices["was"][5], prices["was"][6]) = ("20", "10.5", "n/a");
        var catalog = MadeLog.CatalogOf(Items);
        catalog.Prices.AsSpan().Fill(10);

        var lists = Lists(
            new SegmentListsPlace(new ListsOptions { MinItems = 1, ListPrice = "was" }), Shop(catalog) with { ItemAttributes = prices });

        Assert.AreEqual(("i4", 0.5), lists["all on_sale"].Single(), "a twentieth less is no sale");
    }

    [TestMethod]
    public void A_category_lists_what_is_below_it()
    {
        var catalog = MadeLog.CatalogOf(Items);
        (catalog.Categories[0], catalog.Categories[1], catalog.Categories[2]) = ("TEA/GREEN", "TEA/BLACK", "CUPS");

        var lists = Lists(new CategoryListsPlace(Options), Shop(catalog));

        CollectionAssert.AreEquivalent(new[] { "i0", "i1" }, lists["TEA popular"].Select(r => r.Item).ToArray());
        CollectionAssert.AreEqual(new[] { "i0" }, lists["TEA/GREEN popular"].Select(r => r.Item).ToArray());
        CollectionAssert.AreEqual(new[] { "i2" }, lists["CUPS trending"].Select(r => r.Item).ToArray());
        StringAssert.Contains(new CategoryListsPlace(Options).Lacks(Shop()), "Ingest:Items:Columns:Category");
    }

    [TestMethod]
    public void Customers_fewer_than_privacy_wants_are_nobody()
    {
        var lists = Lists(new SegmentListsPlace(Options), Shop() with { MinCustomers = 35 });

        CollectionAssert.AreEqual(new[] { "i1" }, lists["all popular"].Select(r => r.Item).ToArray());
        StringAssert.Contains(new SegmentListsPlace(Options).Lacks(Shop() with { NeedsNoise = true }), "Privacy:Epsilon");
    }

    [TestMethod]
    public void Lists_are_the_same_at_any_number_of_threads_and_in_the_keys_order()
    {
        var catalog = MadeLog.CatalogOf(30);
        for (int i = 0; i < 30; i++) catalog.Categories[i] = $"c{i % 5}/{i % 10}";
        var inputs = MadeLog.Inputs(MadeLog.Of(50, MadeLog.Chance(3_000, 30, 6, seed: 2)), 30, catalog) with
        {
            Segments = [.. Enumerable.Range(0, 50).Select(u => $"s{u % 4}")],
        };
        foreach (var place in (IPlace[])[new SegmentListsPlace(Options), new CategoryListsPlace(Options)])
        {
            var one = MadeLog.Made(place, inputs, threads: 1).Rows;
            Assert.IsGreaterThan(30, one.Length);
            CollectionAssert.AreEqual(one, MadeLog.Made(place, inputs, threads: 3).Rows);
            string[] keys = [.. one.Select(r => string.Join(' ', r.Split(' ')[..2])).Distinct()];
            CollectionAssert.AreEqual(keys.Order(StringComparer.Ordinal).ToArray(), keys);
        }
    }

    /// <summary>
    /// Twenty customers buy item 0 and forty buy item 1, again and again for 200 days; thirty come to item 2 in the last weeks, and all have left item 3.
    /// </summary>
    private static PlaceInputs Shop(Catalog? catalog = null)
    {
        var rows = new List<(int, uint, uint, int)>();
        for (int u = 0; u < Customers; u++)
        {
            for (uint day = 0; day <= 200; day += 4) rows.Add((u, day * MadeLog.Day, 0, u < 20 ? 0 : 1));
            if (u >= 30) rows.Add((u, 190 * MadeLog.Day, 0, 2));
            rows.Add((u, 105 * MadeLog.Day, 0, 3));
            rows.Add((u, 100 * MadeLog.Day, 0, 4 + u % 8));
        }
        return MadeLog.Inputs(MadeLog.Of(Customers, rows), Items, catalog);
    }

    private static Catalog Aged(uint[] added)
    {
        var catalog = MadeLog.CatalogOf(Items);
        return new Catalog
        {
            Titles = catalog.Titles,
            Categories = catalog.Categories,
            Brands = catalog.Brands,
            Prices = catalog.Prices,
            Available = catalog.Available,
            TextHashes = catalog.TextHashes,
            Added = added,
        };
    }

    /// <summary>By key and kind, in the order of the table.</summary>
    private static Dictionary<string, (string Item, double Score)[]> Lists(IPlace place, PlaceInputs inputs)
    {
        var rows = MadeLog.Made(place, inputs).Rows.Select(r => r.Split(' ')).ToArray();
        return rows.GroupBy(r => $"{r[0]} {r[1]}").ToDictionary(
            g => g.Key, g => g.Select(r => (r[3], double.Parse(r[4], CultureInfo.InvariantCulture))).ToArray(), StringComparer.Ordinal);
    }
}
