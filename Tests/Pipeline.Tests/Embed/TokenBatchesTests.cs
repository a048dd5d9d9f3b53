using Recsys.Batch.Pipeline.Embed.Onnx;

namespace Recsys.Batch.Pipeline.Tests.Embed;

[TestClass]
internal sealed class TokenBatchesTests
{
    private static readonly int[] Lengths = [3, 7, 3, 0, 3, 3, 7, 100];

    [TestMethod]
    public void Batches_hold_texts_of_one_length_within_the_budget_the_longest_first()
    {
        var batches = TokenBatches.Of(Lengths, 9, RowRule.Any);

        CollectionAssert.AreEqual(new[] { "100x1: 7", "7x1: 1", "7x1: 6", "3x3: 0 2 4", "3x1: 5" }, batches.Select(Show).ToArray());
    }

    [TestMethod]
    public void A_lone_text_gets_a_second_row_where_the_graph_needs_one() =>
        CollectionAssert.AreEqual(
            new[] { "100x2: 7", "7x2: 1 6", "3x3: 0 2 4", "3x2: 5" }, TokenBatches.Of(Lengths, 9, RowRule.TwoOrMore).Select(Show).ToArray());

    [TestMethod]
    public void Full_batches_have_a_shape_that_the_length_alone_decides() =>
        CollectionAssert.AreEqual(new[] { "100x2: 7", "7x2: 1 6", "3x3: 0 2 4", "3x3: 5" }, TokenBatches.Of(Lengths, 9, RowRule.Full).Select(Show).ToArray());

    [TestMethod]
    public void Texts_that_run_alone_do() =>
        Assert.IsTrue(TokenBatches.Of(Lengths, 1_000, RowRule.Alone).All(b => b is { Rows: 1, Texts.Count: 1 }));

    private static string Show(TokenBatch batch) => $"{batch.Length}x{batch.Rows}: {string.Join(' ', batch.Texts)}";
}
