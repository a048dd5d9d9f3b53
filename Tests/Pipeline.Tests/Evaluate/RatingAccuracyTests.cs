using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Evaluate;

[TestClass]
internal sealed class RatingAccuracyTests
{
    [TestMethod]
    public void Errors_are_over_ratings_of_what_was_not_rated_before_cut_to_the_scale()
    {
        var known = SparseRows.FromTriplets(2, 4, [0, 0, 1], [0, 1, 2], [1f, 5f, 3f]);
        var test = SparseRows.FromTriplets(2, 4, [0, 0, 1, 1], [1, 2, 0, 3], [1f, 4f, 2f, 5f]);
        var train = new InteractionMatrix(PairSets.Ones(2, 4, known.Pointers, known.Indices), ratings: new RatedPairs(known, 4));

        var (metrics, differences, size) = new RatingAccuracy(new EvaluateOptions())
            .Measure(new HoldOut(train, test, 0) { TestRatings = test }, [("model", new Expecting(4, 2, 3, 9))], StageContext.Quiet(1));

        // Item 1 of user 0 was rated before. The rest is expected at 3, 4 and 9, which is cut to 5; the mean is 3.
        Assert.AreEqual(Math.Sqrt((1 + 4 + 0) / 3.0), Value("model", "rmse"), 1e-6);
        Assert.AreEqual(1.0, Value("model", "mae"), 1e-6);
        Assert.AreEqual(Math.Sqrt((1 + 1 + 4) / 3.0), Value("global-mean", "rmse"), 1e-6);
        Assert.AreEqual(4 / 3.0, Value("global-mean", "mae"), 1e-6);
        Assert.AreEqual(1.0 - 4 / 3.0, differences.Single(d => d.Metric == "mae").Value, 1e-6);
        Assert.AreEqual(new SliceSize(Slices.Ratings, 2, 3), size);

        double Value(string model, string metric) => metrics.Single(m => m.Model == model && m.Metric == metric).Value;
    }

    [TestMethod]
    public void Nothing_is_measured_without_ratings_or_without_a_model_of_them()
    {
        var test = SparseRows.FromTriplets(1, 4, [0], [1], [1f]);
        var plain = new HoldOut(new InteractionMatrix(test), test, 0);
        var accuracy = new RatingAccuracy(new EvaluateOptions());

        Assert.IsNull(accuracy.Measure(plain, [("model", new Expecting(1, 1, 1, 1))], StageContext.Quiet(1)).Size);
        Assert.IsNull(accuracy.Measure(plain with { TestRatings = test }, [], StageContext.Quiet(1)).Size);
    }

    private sealed class Expecting(params float[] ratings) : IPairScorer
    {
        public int Users => 2;

        public int Items => 4;

        public int PreferredPanel => 4;

        public void Score(ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride) => throw new NotSupportedException();

        public void Score(int user, ReadOnlySpan<int> items, Span<float> scores)
        {
            for (int k = 0; k < items.Length; k++) scores[k] = ratings[items[k]];
        }
    }
}
