using Recsys.Batch.Pipeline.Train.Auto;

namespace Recsys.Batch.Pipeline.Tests.Train.Auto;

[TestClass]
internal sealed class OptionStepsTests
{
    [TestMethod]
    [DataRow("200", 1, "500 1000")]
    [DataRow("200", -1, "100 50")]
    [DataRow("2e2", -1, "100 50")]
    [DataRow("120", 1, "200 500 1000", DisplayName = "a configured number between two steps")]
    [DataRow("120", -1, "100 50", DisplayName = "and back from it")]
    [DataRow("1000", 1, "")]
    [DataRow("other", 1, "")]
    public void A_walk_meets_the_values_beyond_where_it_stands(string from, int direction, string expected) =>
        Assert.AreEqual(expected, string.Join(' ', OptionSteps.From(from, ["50", "100", "200", "500", "1000"], direction)));

    [TestMethod]
    public void Kinds_are_walked_in_their_order() =>
        Assert.AreEqual("TfIdf Bm25", string.Join(' ', OptionSteps.From("cosine", ["Cosine", "TfIdf", "Bm25"], 1)));
}
