using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Linear;

namespace Recsys.Batch.Pipeline.Tests.Train;

[TestClass]
internal sealed class EaseColdItemsTests
{
    private static readonly StageContext s_context = StageContext.Quiet(2);

    [TestMethod]
    public void Items_without_events_take_no_memory_and_change_no_score()
    {
        var packed = PlantedClusters.Make();
        // The same pairs in a catalog in which two of three items were never sold, the first and the last among them.
        var spread = new InteractionMatrix(
            new SparseRows(
                packed.Users, 3 * packed.Items, packed.ByUser.Pointers, Array.ConvertAll(packed.ByUser.Indices, i => 3 * i + 1), packed.ByUser.Values),
            packed.LastSeen);
        var trainer = new EaseTrainer(new EaseOptions { Regularization = 5, MaxItems = packed.Items });

        var model = (EaseModel)trainer.Train(spread, s_context);

        Assert.AreEqual(packed.Items, (int)model.Weights.Rows);
        Assert.AreEqual(spread.Items, model.Items);
        float[] expected = Scores(trainer.Train(packed, s_context).ScorerFor(packed, s_context));
        var scorer = model.ScorerFor(spread, s_context);
        float[] found = Scores(scorer);
        for (int k = 0; k < found.Length; k++)
        {
            int user = k / spread.Items, item = k % spread.Items;
            Assert.AreEqual(item % 3 == 1 ? expected[user * packed.Items + item / 3] : 0, found[k], $"user {user}, item {item}");
        }
        int[] history = [.. spread.ByUser.RowIndices(0), 0];
        var contributions = new float[history.Length];
        for (int item = 0; item < spread.Items; item++)
        {
            ((IContributionScorer)scorer).Contributions(0, item, history, contributions);
            Assert.AreEqual(0f, contributions[^1], "an item without events adds nothing");
            Assert.AreEqual(found[item], contributions.Sum(), 1e-5f, $"item {item}");
        }
    }

    private static float[] Scores(IBlockScorer scorer)
    {
        var scores = new float[scorer.Users * scorer.Items];
        for (int user = 0; user < scorer.Users; user++)
        {
            // In panels that begin and end within, before and after the items with events.
            for (int first = 0; first < scorer.Items; first += 10)
            {
                int count = Math.Min(10, scorer.Items - first);
                scorer.Score([user], first, count, scores.AsSpan(user * scorer.Items + first, count), count);
            }
        }
        return scores;
    }
}
