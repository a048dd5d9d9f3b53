using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Places.Discovery;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Places;

[TestClass]
internal sealed class DiscoveryTests
{
    private static readonly DiscoveryOptions Options = new() { PopularityWeight = 0.01 };

    [TestMethod]
    public void Who_lacks_what_those_of_the_same_categories_have_gets_its_first_item()
    {
        // Bakers buy pans and flour, gardeners pots and seeds. User 0 has pans alone, user 1 pots alone. Most begin flour with item 3.
        var rows = new List<(int, uint, uint, int)> { (0, 1, 0, 0), (1, 1, 0, 4) };
        for (int u = 2; u < 42; u++)
        {
            rows.Add((u, 1, 0, u % 2 == 0 ? 0 : 4));
            rows.Add((u, 2, 0, u % 2 == 0 ? (u % 8 == 0 ? 2 : 3) : 6));
            if (u % 2 == 0) rows.Add((u, 3, 0, 2));
            rows.Add((u, 4, 0, 8 + u % 5));
        }
        var made = Lists(rows, 42);

        Assert.AreEqual("i3 FLOUR", made["u0"][0]);
        Assert.AreEqual("i6 SEEDS", made["u1"][0]);
        Assert.IsFalse(made["u2"].Any(r => r.EndsWith("PANS", StringComparison.Ordinal) || r.EndsWith("FLOUR", StringComparison.Ordinal)), "u2 has both");
    }

    [TestMethod]
    public void Levels_of_a_path_make_a_category()
    {
        var catalog = CatalogOf("A/B/C", "A/B/D", "A/E", "F");
        var inputs = MadeLog.Inputs(MadeLog.Of(1, [(0, 1, 0, 0)]), 4, catalog);

        CollectionAssert.AreEqual(new[] { "A", "F" }, CategoryMoves.From(inputs, new DiscoveryOptions { Levels = 1 }, StageContext.Quiet(1)).Names);
        CollectionAssert.AreEqual(
            new[] { "A/B", "A/E", "F" }, CategoryMoves.From(inputs, new DiscoveryOptions { Levels = 2 }, StageContext.Quiet(1)).Names);
    }

    [TestMethod]
    public void Without_two_categories_it_says_so()
    {
        var inputs = MadeLog.Inputs(MadeLog.Of(1, [(0, 1, 0, 0)]), 2, CatalogOf("A", "A"));
        StringAssert.Contains(new DiscoveryPlace(Options).Lacks(inputs), "no two categories");
        StringAssert.Contains(new DiscoveryPlace(Options).Lacks(inputs with { NeedsNoise = true }), "Privacy:Epsilon");
    }

    [TestMethod]
    public void Rows_are_the_same_at_any_number_of_threads()
    {
        var catalog = CatalogOf([.. Enumerable.Range(0, 40).Select(i => $"c{i % 20}")]);
        var inputs = MadeLog.Inputs(MadeLog.Of(300, MadeLog.Chance(700, 40, 5, seed: 4, users: 300)), 40, catalog);
        var one = MadeLog.Made(new DiscoveryPlace(Options), inputs, threads: 1).Rows;
        Assert.IsGreaterThan(100, one.Length);
        CollectionAssert.AreEqual(one, MadeLog.Made(new DiscoveryPlace(Options), inputs, threads: 3).Rows);
    }

    private static Dictionary<string, string[]> Lists(List<(int, uint, uint, int)> rows, int users)
    {
        var catalog = CatalogOf("PANS", "PANS", "FLOUR", "FLOUR", "POTS", "POTS", "SEEDS", "SEEDS", "A", "B", "C", "D", "E");
        return MadeLog.Made(new DiscoveryPlace(Options), MadeLog.Inputs(MadeLog.Of(users, rows), 13, catalog)).Rows.Select(r => r.Split(' '))
            .GroupBy(r => r[0]).ToDictionary(g => g.Key, g => g.Select(r => $"{r[2]} {r[4]}").ToArray(), StringComparer.Ordinal);
    }

    private static Catalog CatalogOf(params string[] categories)
    {
        var catalog = MadeLog.CatalogOf(categories.Length);
        categories.CopyTo(catalog.Categories, 0);
        return catalog;
    }
}
