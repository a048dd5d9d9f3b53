using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Rank;

namespace Recsys.Batch.Pipeline.Tests.Rank;

[TestClass]
internal sealed class FeatureTests
{
    private const uint Day = 86_400;

    /// <summary>Three users and five items; user 0 has 0 (day 100) and 1 (day 60), user 1 has 1 (day 99), user 2 has 2 (day 10). Nobody has 3 and 4.</summary>
    private static readonly InteractionMatrix History = new(
        new SparseRows(3, 5, [0, 2, 3, 4], [0, 1, 1, 2], [1, 1, 1, 1]), [100 * Day, 60 * Day, 99 * Day, 10 * Day]);

    [TestMethod]
    [DataRow("score", 1, 0.5, 0)]
    [DataRow("place", 0, 0.6931472, 1.0986123)]
    [DataRow("score x history", 1.0986123, 0.5493061, 0)]
    [DataRow("popularity", 1.0986123, 0.6931472, 0)]
    [DataRow("popularity of 7 days", 0.6931472, 0, 0)]
    [DataRow("popularity of 90 days", 1.0986123, 0.6931472, 0)]
    [DataRow("popularity against the user's", 0.2027326, 0.2027326, 0.8958797)]
    [DataRow("item age", 3.7135721, 4.5108595, double.NaN)]
    [DataRow("days unsold", 0.6931472, 4.5108595, double.NaN)]
    [DataRow("category", 0.5, 0.5, double.NaN)]
    [DataRow("brand", 0.5, 0, double.NaN)]
    [DataRow("price against the user's", -0.3465736, 0.3465736, double.NaN)]
    [DataRow("distance of the price", 0.3465736, 0.3465736, double.NaN)]
    [DataRow("review sentiment", 0.75, double.NaN, double.NaN)]
    [DataRow("review rating", double.NaN, 4.5, double.NaN)]
    [DataRow("reviews", 1.0986123, 0.6931472, 0)]
    public void A_feature_is_what_its_summary_says(string feature, double ofOne, double ofTwo, double ofThree)
    {
        var inputs = Inputs();
        var rows = FeatureRows.Of(inputs);
        var values = new float[3 * rows.Width];
        rows.Fill(new RankedUser(inputs, 0, [1, 2, 3], [3, 2, 1]), values);

        int at = Array.IndexOf(rows.Names, feature);
        double[] expected = [ofOne, ofTwo, ofThree];
        for (int k = 0; k < 3; k++) Assert.AreEqual(expected[k], values[k * rows.Width + at], 2e-6, $"{feature} of candidate {k}");
    }

    [TestMethod]
    public void The_newest_items_come_first() =>
        CollectionAssert.AreEqual(new[] { 0, 1 }, new RankedUser(Inputs(), 0, [2], [1]).NewestItems);

    [TestMethod]
    public void A_log_without_time_and_a_bare_catalog_have_fewer_features()
    {
        var bare = new InteractionMatrix(History.ByUser);
        string[] names = FeatureRows.Of(RankingTests.Inputs(bare, RankingTests.Catalog(new double[5]))).Names;
        CollectionAssert.AreEqual(new[] { "score", "place", "score x history", "popularity", "popularity against the user's" }, names);
    }

    [TestMethod]
    public void Texts_and_neighbors_are_cosines_with_the_newest_items()
    {
        var space = Diversify.MaximalMarginalRelevanceTests.Table([[1, 0], [0, 1], [1, 1], [0, 0], [-1, 0]]);
        var inputs = Inputs() with { Text = space, ModelSpace = space };
        var rows = FeatureRows.Of(inputs);
        var values = new float[2 * rows.Width];
        rows.Fill(new RankedUser(inputs, 0, [2, 3], [2, 1]), values);

        foreach (string feature in (string[])["nearest text", "nearest by who has it"])
        {
            int at = Array.IndexOf(rows.Names, feature);
            Assert.AreEqual(Math.Sqrt(0.5), values[at], 1e-6);
            Assert.IsTrue(float.IsNaN(values[rows.Width + at]));
        }
        Assert.AreEqual(1, values[Array.IndexOf(rows.Names, "text")], 1e-6);
    }

    /// <summary>Item 3 is younger than what reviews were read for.</summary>
    private static RankInputs Inputs() => RankingTests.Inputs(History, Catalog()) with
    {
        Reviews = new ReviewedItems([float.NaN, 0.75f, float.NaN], [float.NaN, float.NaN, 4.5f], [0, 2, 1]),
    };

    private static Catalog Catalog() => new()
    {
        Titles = new string?[5],
        Categories = ["a/x", "b", "a/y", null, "c"],
        Brands = ["n", "m", "other", null, null],
        Prices = [4, 2, 4, double.NaN, 1],
        Available = [true, true, true, true, true],
        TextHashes = new ulong[5],
    };
}
