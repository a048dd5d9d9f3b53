using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Tests.Diversify;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

[TestClass]
internal sealed class NightSpaceTests
{
    private static readonly EmbeddingTable Model = MaximalMarginalRelevanceTests.Table([[1, 0], [0, 1], [1, 0]]);

    [TestMethod]
    [DataRow(DiversifySpace.Auto, true, true, true, "text", DisplayName = "Text that knows all available items is chosen")]
    [DataRow(DiversifySpace.Auto, true, false, false, "text", DisplayName = "An item that is not available need not be known")]
    [DataRow(DiversifySpace.Auto, true, false, true, "model", DisplayName = "Text that knows too few is not")]
    [DataRow(DiversifySpace.Text, true, false, true, "text", DisplayName = "Unless it is asked for")]
    [DataRow(DiversifySpace.Model, true, true, true, "model", DisplayName = "The model where it is asked for")]
    [DataRow(DiversifySpace.Auto, false, false, true, "model", DisplayName = "The model where nothing was embedded")]
    public void Lists_are_diversified_by_meaning_where_most_of_the_catalog_has_any(
        DiversifySpace asked, bool embedded, bool knowsLast, bool lastAvailable, string expected)
    {
        var text = MaximalMarginalRelevanceTests.Table([[1, 0], [0, 1], knowsLast ? [1, 0] : [0, 0]]);
        var content = new ItemContent(new string?[3], embedded ? [new ItemView(ItemView.Text, text)] : []);
        var space = SimilaritySpace.Of(new DiversifyOptions { Space = asked }, Model, content, Catalog([true, true, lastAvailable]));
        Assert.AreEqual(expected, space.Name);
        Assert.AreSame(expected == "text" ? text : Model, space.Items);
    }

    [TestMethod]
    public void Text_that_is_insisted_on_but_was_not_embedded_is_an_error_with_its_key()
        => StringAssert.Contains(
            Assert.ThrowsExactly<ConfigurationException>(() => SimilaritySpace.Of(
                new DiversifyOptions { Space = DiversifySpace.Text }, Model, new ItemContent(new string?[3], []), Catalog([true, true, true]))).Message,
            "Diversify:Space is Text");

    [TestMethod]
    public void Categories_and_prices_are_asked_for_by_name_and_missed_by_name()
    {
        var content = new ItemContent(new string?[3], []);
        var known = Catalog([true, true, true], ["home/cups", "home/plates", null], [1, 2, 4]);
        Assert.AreEqual("category", SimilaritySpace.Of(new DiversifyOptions { Space = DiversifySpace.Category }, Model, content, known).Name);
        Assert.AreEqual("price", SimilaritySpace.Of(new DiversifyOptions { Space = DiversifySpace.Price }, Model, content, known).Name);

        foreach (var space in (DiversifySpace[])[DiversifySpace.Category, DiversifySpace.Price])
        {
            StringAssert.Contains(
                Assert.ThrowsExactly<ConfigurationException>(() => SimilaritySpace.Of(
                    new DiversifyOptions { Space = space }, Model, content, Catalog([true, true, true]))).Message,
                $"Diversify:Space is {space}");
        }
    }

    [TestMethod]
    public void A_mix_leaves_out_what_the_shop_does_not_have()
    {
        var options = new DiversifyOptions { Space = DiversifySpace.Mixed, Mix = new SpaceMix { Text = 1, Model = 1, Category = 2, Price = 0 } };

        var space = SimilaritySpace.Of(
            options, Model, new ItemContent(new string?[3], []), Catalog([true, true, true], ["a", "a", "b"]));

        // By the model 0 and 2 are one and 1 is at right angles, by category 0 and 1 are one.
        Assert.AreEqual("mixed", space.Name);
        Assert.AreEqual(2 / 3.0, Cosine(0, 1), 1e-6);
        Assert.AreEqual(1 / 3.0, Cosine(0, 2), 1e-6);
        Assert.AreEqual(0, Cosine(1, 2), 1e-6);
        Assert.IsNull(SimilaritySpace.Of(options, model: null, new ItemContent(new string?[3], []), Catalog([true, true, true])).Items);

        double Cosine(int a, int b) => System.Numerics.Tensors.TensorPrimitives.Dot<float>(space.Items!.Vectors.Row(a), space.Items.Vectors.Row(b));
    }

    private static Catalog Catalog(bool[] available, string?[]? categories = null, double[]? prices = null) => new()
    {
        Titles = new string?[3],
        Categories = categories ?? new string?[3],
        Brands = new string?[3],
        Prices = prices ?? [double.NaN, double.NaN, double.NaN],
        Available = available,
        TextHashes = new ulong[3],
    };
}
