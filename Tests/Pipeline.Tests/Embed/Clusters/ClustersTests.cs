using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed.Clusters;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Embed.Clusters;

[TestClass]
internal sealed class ClustersTests
{
    private const int Planted = 6, Each = 80;

    [TestMethod]
    public void Planted_groups_are_found_whatever_the_seed()
    {
        foreach (ulong seed in new ulong[] { 1, 2, 3 })
        {
            var fit = SphericalKMeans.Fit(Points().Vectors, Planted, 50, StageContext.Quiet(seed: seed));
            for (int g = 0; g < Planted; g++) Assert.AreEqual(1, fit.ClusterOf[(g * Each)..((g + 1) * Each)].Distinct().Count());
            Assert.AreEqual(Planted, fit.ClusterOf.Distinct().Count());
            Assert.IsTrue(fit.Cohesion > 0.9, $"{fit.Cohesion}");
        }
    }

    [TestMethod]
    public void One_thread_and_four_give_the_same_bits()
    {
        var one = SphericalKMeans.Fit(Points().Vectors, 17, 50, StageContext.Quiet(threads: 1));
        var four = SphericalKMeans.Fit(Points().Vectors, 17, 50, StageContext.Quiet(threads: 4));
        CollectionAssert.AreEqual(one.ClusterOf, four.ClusterOf);
        CollectionAssert.AreEqual(one.Centres.Values, four.Centres.Values);
    }

    [TestMethod]
    public void Every_cluster_has_a_member_even_where_all_points_are_equal()
    {
        var points = new FactorMatrix(5, 2);
        for (int i = 0; i < 5; i++) points.Row(i)[0] = 1;
        var fit = SphericalKMeans.Fit(points, 3, 50, StageContext.Quiet());
        Assert.AreEqual(1, fit.Cohesion, 1e-6);
        CollectionAssert.AreEquivalent(new[] { 0, 1, 2 }, fit.ClusterOf.Distinct().ToArray());
    }

    [TestMethod]
    public void A_name_is_what_stands_out_in_a_group_not_what_stands_everywhere()
    {
        string?[] titles = ["RED LUNCH BAG", "BLUE LUNCH BAG", "RED TEA CUP", "BLUE TEA CUP 12", "RED TEA POT", null];
        CollectionAssert.AreEqual(new[] { "bag lunch", "tea cup" }, ClusterNames.Of(titles, [0, 0, 1, 1, 1, -1], 2, words: 2));
    }

    [TestMethod]
    public void Groups_with_the_same_words_are_told_apart_and_one_without_has_a_name()
        => CollectionAssert.AreEqual(new[] { "tea", "tea 2", "unnamed" }, ClusterNames.Of(["tea", "tea", "12"], [0, 1, 2], 3, words: 2));

    [TestMethod]
    public void Clusters_become_categories_where_few_items_have_one_and_own_ones_stay()
    {
        var text = Points();
        var titles = Enumerable.Range(0, Planted * Each).Select(i => (string?)$"thing{(char)('a' + i / Each)}").ToArray();
        var catalog = CatalogOf(titles, own: 10);
        var filled = ItemClusters.Fill(catalog, text, new ClusterOptions { Count = Planted }, StageContext.Quiet());
        Assert.AreEqual("own", filled.Categories[9]);
        Assert.AreEqual("thinga", filled.Categories[10]);
        Assert.AreEqual("thingf", filled.Categories[^1]);
        Assert.AreSame(catalog, ItemClusters.Fill(catalog, text, new ClusterOptions { Count = -1 }, StageContext.Quiet()));
        Assert.AreSame(catalog, ItemClusters.Fill(catalog, null, new ClusterOptions(), StageContext.Quiet()));
        var full = CatalogOf(titles, own: Planted * Each / 2 + 1);
        Assert.AreSame(full, ItemClusters.Fill(full, text, new ClusterOptions(), StageContext.Quiet()));
    }

    private static EmbeddingTable Points()
    {
        var random = new SplitMix64(11, "points");
        var rows = new FactorMatrix(Planted * Each, 12);
        for (int i = 0; i < rows.Rows; i++)
        {
            var row = rows.Row(i);
            for (int k = 0; k < row.Length; k++) row[k] = 0.08f * (float)random.NextNormal();
            row[i / Each * 2] += 1;
        }
        return EmbeddingTable.Normalize(rows);
    }

    private static Catalog CatalogOf(string?[] titles, int own) => new()
    {
        Titles = titles,
        Categories = [.. titles.Select((_, i) => i < own ? "own" : null)],
        Brands = new string?[titles.Length],
        Prices = new double[titles.Length],
        Available = [.. titles.Select(_ => true)],
        TextHashes = new ulong[titles.Length],
    };
}
