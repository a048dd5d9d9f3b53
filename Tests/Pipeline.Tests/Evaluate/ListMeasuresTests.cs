using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Lexical;
using Recsys.Batch.Pipeline.Tests.Diversify;

namespace Recsys.Batch.Pipeline.Tests.Evaluate;

[TestClass]
internal sealed class ListMeasuresTests
{
    [TestMethod]
    public void A_list_is_measured_as_computed_by_hand()
    {
        // Items 0 and 1 are twins, 2 is at right angles, 3 is unknown and cold. Three users; items bought by 3, 1, 1 and 0 of them.
        var history = new InteractionMatrix(SparseRows.FromTriplets(4, 4, [0, 1, 2, 1, 2], [0, 0, 0, 1, 2], [1f, 1f, 1f, 1f, 1f]));
        var table = MaximalMarginalRelevanceTests.Table([[1, 0], [3, 0], [0, 2], [0, 0]]);
        var categories = new CategoryPaths(CatalogOf(["toys/bricks/large", "toys/bricks/small", "toys", "books"]));
        var meter = new ListMeter(new ItemPopularity(history), history.ByUser, table, categories);

        var m = meter.Measure(1, [0, 1, 2, 3]);

        Assert.AreEqual(5.0 / 6, m.IntraListDistance, 1e-6, "one pair of six is a twin");
        // Distances: 0-1: 1 - 2/3; 0-2 and 1-2: 1 - 1/3; with books: 1, three times.
        Assert.AreEqual((1.0 / 3 + 2.0 / 3 + 2.0 / 3 + 3) / 6, m.IntraListCategoryDistance, 1e-6);
        // -log2 of 4/4, 2/4, 2/4, 1/4.
        Assert.AreEqual((0 + 1 + 1 + 2) / 4.0, m.Novelty, 1e-6);
        Assert.AreEqual((1 + 1.0 / 3 + 1.0 / 3 + 0) / 4, m.Popularity, 1e-6);
        Assert.AreEqual(0.25f, m.ColdShare);
        // User 1 is all toys; the list is three quarters toys.
        Assert.AreEqual(Math.Log(1 / (0.99 * 0.75 + 0.01)), m.CalibrationKl, 1e-6);
        Assert.AreEqual(0.5 * Math.Log2(2 / 1.75) + 0.5 * (0.75 * Math.Log2(1.5 / 1.75) + 0.25 * Math.Log2(2)), m.CalibrationJs, 1e-6);
    }

    [TestMethod]
    [DataRow(new[] { 0, 3, 4 }, 0, DisplayName = "Nothing alike")]
    [DataRow(new[] { 0, 1, 3, 4 }, 0, DisplayName = "Two jumbo bags of four")]
    [DataRow(new[] { 0, 1, 3, 2 }, 1, DisplayName = "Three jumbo bags of four")]
    public void A_list_of_one_shelf_has_a_phrase_in_more_than_half(int[] list, float expected)
    {
        var history = new InteractionMatrix(SparseRows.FromTriplets(1, 5, [0], [0], [1f]));
        var titles = TitlePhrases.Of(["Jumbo bag owls", "Jumbo bag pears", "Red jumbo bag", "Cake stand", "Wall clock"]);

        var measures = new ListMeter(new ItemPopularity(history), history.ByUser, null, null, titles: titles).Measure(0, list);

        Assert.AreEqual(expected, measures.OneShelf);
    }

    [TestMethod]
    public void What_does_not_exist_is_not_a_number()
    {
        var history = new InteractionMatrix(SparseRows.FromTriplets(1, 2, [0], [0], [1f]));
        var popularity = new ItemPopularity(history);
        var one = new ListMeter(popularity, history.ByUser, MaximalMarginalRelevanceTests.Table([[1, 0], [1, 0]]), new CategoryPaths(CatalogOf([null, "x"])))
            .Measure(0, [1]);
        var bare = new ListMeter(popularity, history.ByUser, embeddings: null, categories: null).Measure(0, [0, 1]);

        Assert.IsTrue(float.IsNaN(one.IntraListDistance), "one item has no pair");
        Assert.IsTrue(float.IsNaN(one.CalibrationKl), "the user's history has no category");
        Assert.IsTrue(float.IsNaN(bare.IntraListDistance));
        Assert.IsTrue(float.IsNaN(bare.IntraListCategoryDistance) && float.IsNaN(bare.OneShelf) && float.IsNaN(bare.CalibrationJs));
    }

    [TestMethod]
    public void The_distance_by_sums_is_the_mean_over_pairs()
    {
        var random = new Random(2);
        var table = MaximalMarginalRelevanceTests.Table(
            [.. Enumerable.Range(0, 30).Select(_ => Enumerable.Range(0, 21).Select(_ => random.NextSingle() - 0.3f).ToArray())]);
        int[] list = [.. Enumerable.Range(3, 20)];
        var distances = from a in list
                        from b in list
                        where a < b
                        select 1 - Enumerable.Range(0, 21).Sum(k => (double)table.Vectors.Row(a)[k] * table.Vectors.Row(b)[k]);

        Assert.AreEqual(distances.Average(), IntraListDistance.Of(list, table), 1e-6);
    }

    [TestMethod]
    public void Overlap_counts_shared_items()
    {
        Assert.AreEqual(new ListOverlap(2.0 / 5, 4.0 / 7), ListOverlap.Of([1, 2, 3, 4], [4, 9, 2]));
        Assert.AreEqual(new ListOverlap(0, 0), ListOverlap.Of([1], [2]));
        Assert.AreEqual(new ListOverlap(1, 1), ListOverlap.Of([], []));
    }

    [TestMethod]
    public void Coverage_and_gini_are_those_of_the_places_given()
    {
        var exposure = new Exposure(4);
        for (int list = 0; list < 30; list++) exposure.Add(list, list % 4 == 0 ? [0, 1] : [0]);

        // Places 30, 8, 0, 0.
        var coverage = exposure.Coverage();
        var gini = exposure.Gini();

        Assert.AreEqual(0.5, coverage.Value);
        Assert.AreEqual(0.5, coverage.Low, 1e-9, "leaving any tenth out still leaves both shown");
        Assert.AreEqual((3 * 30 + 1 * 8) / (4.0 * 38), gini.Value, 1e-12);
        Assert.IsTrue(gini.Low < gini.Value && gini.Value < gini.High && gini.High - gini.Low < 0.2);
        Assert.AreEqual(0, Even().Gini().Value, 1e-12);
        Assert.IsTrue(double.IsNaN(new Exposure(3).Gini().Value));
    }

    internal static Catalog CatalogOf(string?[] categories) => new()
    {
        Titles = new string?[categories.Length],
        Categories = categories,
        Brands = new string?[categories.Length],
        Prices = new double[categories.Length],
        Available = new bool[categories.Length],
        TextHashes = new ulong[categories.Length],
    };

    private static Exposure Even()
    {
        var exposure = new Exposure(3);
        for (int list = 0; list < 12; list++) exposure.Add(list, [0, 1, 2]);
        return exposure;
    }
}
