using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Retrieve;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Train;
using Recsys.Batch.Pipeline.Train.Auto;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly.Auto;

[TestClass]
internal sealed class RaceMeasureTests
{
    private static readonly StageContext s_context = StageContext.Quiet(2);

    private static HoldOut Window => RandomHoldOut.Split(PlantedClusters.Make(usersEach: 60, itemsEach: 40), 0.3, 5);

    [TestMethod]
    public void Ndcg_is_what_evaluate_reports()
    {
        var window = Window;
        var measure = new RaceMeasure(window, new AutoOptions(), s_context);
        var scorer = Scorer(window, 1);

        float[] ndcg = measure.Ndcg([scorer], [new ScoreMix(1)])[0];

        var expected = Evaluate(window, scorer);
        Assert.AreEqual(expected.Count, measure.Users);
        Assert.AreEqual(expected.Value, measure.Mean(ndcg).Value, 1e-6);
        Assert.IsTrue(expected.Value is > 0 and < 1, "a figure that tells models apart");
    }

    [TestMethod]
    public void Mixes_are_the_sums_they_say()
    {
        var window = Window;
        var measure = new RaceMeasure(window, new AutoOptions(), s_context);
        var (a, b) = (Scorer(window, 1), Scorer(window, 2));
        int items = window.Train.Items;
        float[] of = [.. Enumerable.Range(0, items).Select(i => 0.5f + i % 3)];
        float[] overall = [.. Enumerable.Range(0, items).Select(i => 1f / (1 + i % 5))];

        float[] ndcg = measure.Ndcg([a, b], [new ScoreMix(1), new ScoreMix(2, 0.5f) { Factors = [null, of], Overall = overall }])[1];

        var sum = new Sum(window.Train.Users, items, (u, i) => overall[i] * (2 * a.At(u, i) + 0.5f * of[i] * b.At(u, i)));
        Assert.AreEqual(Evaluate(window, sum).Value, measure.Mean(ndcg).Value, 1e-6);
    }

    [TestMethod]
    public void Users_beyond_the_limit_are_left_out_evenly()
    {
        var window = Window;
        Assert.AreEqual(7, new RaceMeasure(window, new AutoOptions { MaxUsers = 7 }, s_context).Users);
    }

    [TestMethod]
    public void The_highest_of_a_row_come_first_and_ties_by_item()
    {
        float[] row = [.. Enumerable.Range(0, 300).Select(i => i is 5 or 200 or 299 ? 9f : i is 70 ? 10f : i is 71 ? float.NegativeInfinity : -i)];
        CollectionAssert.AreEqual((int[])[70, 5, 200, 299, 0], new TopOfRow(5).Of(row).ToArray());
        CollectionAssert.AreEqual((int[])[1], new TopOfRow(5).Of([float.NegativeInfinity, 1]).ToArray());
    }

    private static Sum Scorer(HoldOut window, ulong seed)
    {
        var random = new SplitMix64(seed, "scores");
        // Lists of noise around what the user likes: some hits, and not all.
        var noise = Enumerable.Range(0, window.Train.Users * window.Train.Items).Select(_ => (float)random.NextDouble()).ToArray();
        return new Sum(window.Train.Users, window.Train.Items, (u, i) =>
            noise[u * window.Train.Items + i] + (PlantedClusters.ClusterOfItem(i) == PlantedClusters.ClusterOfUser(u) ? 0.4f : 0));
    }

    private static MetricValue Evaluate(HoldOut window, IBlockScorer scorer) => new EvaluateStage(
            new EvaluateOptions { Cutoffs = [10], AucUsers = 0, OverlapPairs = 0 })
        .Run(new EvaluateInputs(window, [new EvaluatedModel("noise", scorer)], new ExactRetriever()), s_context)
        .Find("noise", Slices.New, "ndcg@10")!;

    private sealed class Sum(int users, int items, Func<int, int, float> score) : IBlockScorer
    {
        public int Users => users;

        public int Items => items;

        public int PreferredPanel => items;

        public float At(int user, int item) => score(user, item);

        public void Score(ReadOnlySpan<int> of, int firstItem, int itemCount, Span<float> scores, int stride)
        {
            for (int u = 0; u < of.Length; u++)
                for (int i = 0; i < itemCount; i++) scores[u * stride + i] = score(of[u], firstItem + i);
        }
    }
}
