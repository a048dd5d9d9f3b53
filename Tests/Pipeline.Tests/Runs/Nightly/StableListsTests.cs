using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

/// <summary>Lists that change by so many entries at most.</summary>
[TestClass]
internal sealed class StableListsTests
{
    private const int Length = 5;

    [TestMethod]
    [DataRow(0, "5 6 7 8 9")]
    [DataRow(2, "0 1 5 6 7")]
    [DataRow(4, "0 1 2 3 5")]
    [DataRow(5, "0 1 2 3 4")]
    public void A_list_keeps_the_best_of_the_one_before_beside_the_best_new(int changes, string expected) =>
        Assert.AreEqual(expected, Held([5, 6, 7, 8, 9], changes));

    [TestMethod]
    public void What_is_no_candidate_any_more_goes_and_its_place_is_no_change()
    {
        // 20 and 21 are sold out: two must be new, though one may.
        Assert.AreEqual("0 1 7 8 9", Held([20, 7, 21, 8, 9], 1));
        Assert.AreEqual("0 1 2 3 4", Held([20, 21, 22, 23, 24], 0));
    }

    [TestMethod]
    public void Who_had_no_list_gets_a_new_one() => Assert.AreEqual("0 1 2 3 4", Held(null, 0));

    [TestMethod]
    public void Relevance_is_on_the_scale_of_all_candidates()
    {
        var (candidates, made, stage) = Made();

        var held = new StableLists(PreviousLists.Of([[5, 6, 7, 8, 9]]), 1).Hold(candidates, made, stage.Run);

        Assert.AreEqual("0 5 6 7 8", string.Join(' ', held.Items));
        // Scores are 10 for the best to 1 for the last.
        Assert.AreEqual("1 0.444 0.333 0.222 0.111", string.Join(' ', held.Relevance.Select(r => Math.Round(r, 3))));
    }

    [TestMethod]
    public void Others_of_the_block_stay_as_they_are()
    {
        var (candidates, made, stage) = Made(users: 3);

        var held = new StableLists(PreviousLists.Of([null, [5, 6, 7, 8, 9], [4, 3, 2, 1, 0]]), 1).Hold(candidates, made, stage.Run);

        CollectionAssert.AreEqual(new[] { 0, 1, 2, 3, 4, 0, 5, 6, 7, 8, 0, 1, 2, 3, 4 }, held.Items);
    }

    private static string Held(int[]? before, int changes)
    {
        var (candidates, made, stage) = Made();
        return string.Join(' ', new StableLists(PreviousLists.Of([before]), changes).Hold(candidates, made, stage.Run).Items);
    }

    /// <summary>Ten candidates a user, item 0 the best.</summary>
    private static (CandidateBlock, RecommendationBlock, DiversifyStage) Made(int users = 1)
    {
        var candidates = new CandidateBlock([.. Enumerable.Range(0, users)], 10);
        for (int u = 0; u < users; u++)
        {
            candidates.Counts[u] = 10;
            for (int k = 0; k < 10; k++) (candidates.Items[u * 10 + k], candidates.Scores[u * 10 + k]) = (k, 10 - k);
        }
        var stage = new DiversifyStage(new DiversifyOptions { Method = DiversifierCatalog.None, ListLength = Length, Candidates = 10 }, null);
        return (candidates, stage.Run(candidates), stage);
    }
}
