using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Explain;
using Recsys.Batch.Pipeline.Tests.Diversify;

namespace Recsys.Batch.Pipeline.Tests.Explain;

[TestClass]
internal sealed class ExplainStageTests
{
    // User 0 has items 1, 2, 4, 5; user 1 has none.
    private static readonly InteractionMatrix History = new(SparseRows.FromTriplets(2, 7, [0, 0, 0, 0], [1, 2, 4, 5], [1f, 3f, 1f, 1f]));

    [TestMethod]
    public void The_strongest_history_items_are_named_in_order_and_weak_ones_are_not()
    {
        var block = BlockOf([6, 3]);

        new ExplainStage(new Given([0.5f, 2f, -3f, 0.19f]), History, embeddings: null, new ExplainOptions()).Run(block);

        CollectionAssert.AreEqual(new[] { 2, 1, -1, 2, 1, -1 }, block.ReasonItems[..6]);
        Assert.AreEqual(ReasonCode.BecauseYouBought, block.Reasons[0]);
    }

    [TestMethod]
    public void Equal_contributions_go_to_the_smaller_item_and_three_are_enough()
    {
        var block = BlockOf([6, 3]);

        new ExplainStage(new Given([1f, 1f, 1f, 1f]), History, embeddings: null, new ExplainOptions()).Run(block);

        CollectionAssert.AreEqual(new[] { 1, 2, 4 }, block.ReasonItems[..3]);
    }

    [TestMethod]
    public void Without_history_or_a_positive_contribution_the_reason_is_popularity()
    {
        var block = BlockOf([6, 3]);

        new ExplainStage(new Given([-1f, 0f, -2f, -1f]), History, embeddings: null, new ExplainOptions()).Run(block);

        Assert.IsTrue(block.Reasons.All(r => r == ReasonCode.Popular));
        Assert.IsTrue(block.ReasonItems.All(r => r == -1));
    }

    [TestMethod]
    public void A_scorer_that_cannot_say_is_explained_by_similarity_times_weight()
    {
        // Item 6 is like item 1 (cosine 1, weight 1) and a little like item 2 (cosine 0.6, weight 3).
        var table = MaximalMarginalRelevanceTests.Table([[1, 0], [0, 1], [0.8f, 0.6f], [1, 0], [-1, 0], [0, -1], [0, 2]]);
        var block = BlockOf([6, 3]);

        new ExplainStage(new Silent(), History, table, new ExplainOptions()).Run(block);

        CollectionAssert.AreEqual(new[] { 2, 1, -1 }, block.ReasonItems[..3]);
        Assert.AreEqual(ReasonCode.Popular, block.Reasons[^1]);
    }

    [TestMethod]
    public void What_text_alone_speaks_for_is_explained_by_the_texts_of_the_history()
    {
        // Item 6 is said to be like items 1 and 5, and hardly like item 2.
        var text = MaximalMarginalRelevanceTests.Table([[1, 0], [0.6f, 0.8f], [1, 0.1f], [0, 1], [-1, 0], [0, 1], [0, 1]]);
        var byText = BlockOf([6, 6]);
        byText.Sources[0] = CandidateSource.Text;
        new ExplainStage(new Given([0.5f, 2f, -3f, 0.19f]), History, embeddings: null, new ExplainOptions()) { Text = text }.Run(byText);
        CollectionAssert.AreEqual(new[] { ReasonCode.SimilarText, ReasonCode.BecauseYouBought, ReasonCode.Popular }, byText.Reasons);
        CollectionAssert.AreEqual(new[] { 5, 1, -1 }, byText.ReasonItems[..3]);

        var unexplained = BlockOf([6, 0]);
        new ExplainStage(new Given([-1f, 0f, -2f, -1f]), History, embeddings: null, new ExplainOptions { MinTextSimilarity = 0.9 }) { Text = text }
            .Run(unexplained);
        CollectionAssert.AreEqual(new[] { ReasonCode.SimilarText, ReasonCode.SimilarText, ReasonCode.Popular }, unexplained.Reasons);
        CollectionAssert.AreEqual(new[] { 5, -1, -1, 2, -1, -1 }, unexplained.ReasonItems[..6]);
    }

    [TestMethod]
    public void What_was_rated_well_is_named_as_such_and_alone()
    {
        // Of items 1, 2, 4 and 5 user 0 rated 2 and 4 well, and 5 badly.
        var rated = new RatedPairs(SparseRows.FromTriplets(2, 7, [0, 0, 0], [2, 4, 5], [4f, 5f, 3.5f]), 4);
        var history = new InteractionMatrix(History.ByUser, ratings: rated);
        var (carried, bought) = (BlockOf([6]), BlockOf([6]));

        new ExplainStage(new Given([1.5f, 2f, 1.2f, 1f]), history, embeddings: null, new ExplainOptions()).Run(carried);
        new ExplainStage(new Given([2f, 1.5f, 1.2f, 1f]), history, embeddings: null, new ExplainOptions()).Run(bought);

        Assert.AreEqual(ReasonCode.RatedWell, carried.Reasons[0]);
        CollectionAssert.AreEqual(new[] { 2, 4, -1 }, carried.ReasonItems[..3], "item 1 was not rated");
        Assert.AreEqual(ReasonCode.BecauseYouBought, bought.Reasons[0]);
        CollectionAssert.AreEqual(new[] { 1, 2, 4 }, bought.ReasonItems[..3]);
    }

    private static RecommendationBlock BlockOf(int[] items) => new()
    {
        Users = [0, 1],
        Offsets = [0, items.Length, items.Length + 1],
        Items = [.. items, 6],
        Scores = new float[items.Length + 1],
        Relevance = new float[items.Length + 1],
        DiversityGain = new float[items.Length + 1],
        Reasons = new ReasonCode[items.Length + 1],
        ReasonItems = new int[3 * (items.Length + 1)],
        Sources = new CandidateSource[items.Length + 1],
        Propensity = new float[items.Length + 1],
    };

    private class Silent : IBlockScorer
    {
        public int Users => 2;

        public int Items => 7;

        public int PreferredPanel => 7;

        public void Score(ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride) => scores.Clear();
    }

    private sealed class Given(float[] contributions) : Silent, IContributionScorer
    {
        public void Contributions(int user, int item, ReadOnlySpan<int> history, Span<float> into) => contributions.CopyTo(into);
    }
}
