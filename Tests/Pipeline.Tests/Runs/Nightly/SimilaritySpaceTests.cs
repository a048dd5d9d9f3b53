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
        var space = SimilaritySpace.Of(new DiversifyOptions { Space = asked }, Model, content, [true, true, lastAvailable]);
        Assert.AreEqual(expected, space.Name);
        Assert.AreSame(expected == "text" ? text : Model, space.Items);
    }

    [TestMethod]
    public void Text_that_is_insisted_on_but_was_not_embedded_is_an_error_with_its_key()
        => StringAssert.Contains(
            Assert.ThrowsExactly<ConfigurationException>(() => SimilaritySpace.Of(
                new DiversifyOptions { Space = DiversifySpace.Text }, Model, new ItemContent(new string?[3], []), [true, true, true])).Message,
            "Diversify:Space is Text");
}
