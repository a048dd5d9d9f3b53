using Recsys.Batch.Jobs.Console.Views;

namespace Recsys.Batch.Jobs.Tests.Console;

[TestClass]
internal sealed class MetricWordsTests
{
    [TestMethod]
    [DataRow("new.ndcg@10", "Held-out purchases found, early ranks counting more (purchases new to the customer)")]
    [DataRow(
        "diversified.new.ild@10.low",
        "Distance between the items of a list, lower end of the 95% interval (lists as published; purchases new to the customer)")]
    [DataRow("item-knn.all.recall@100", "Share of held-out purchases found (model item-knn; all purchases)")]
    [DataRow("train.ials.objective.12", "What training makes small, after so many iterations")]
    [DataRow("ingest.quarantined", "New rows set aside")]
    [DataRow(
        "als-ratings.ratings.rmse",
        "How far off expected ratings are, in the ratings' own units, large misses counting more (root mean squared error) "
        + "(model als-ratings; ratings that were given later)")]
    [DataRow("a.thing.of.tomorrow", null)]
    public void Figure_is_told_in_a_sentence(string name, string? expected) => Assert.AreEqual(expected, MetricWords.Of(name));
}
