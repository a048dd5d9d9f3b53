using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Synthetic.Kinds;
using Recsys.Batch.Pipeline.Train.Ratings;

namespace Recsys.Batch.Pipeline.Tests.Train.Ratings;

/// <summary>
/// A log as <c>generate --kind dense</c> makes it, whose noise is known: the error of whoever knows every rating but for its noise is the floor.
/// </summary>
[TestClass]
internal sealed class DenseLogRatingsTests
{
    [TestMethod]
    public void Error_on_later_ratings_is_near_the_noise_and_far_below_biases()
    {
        var parameters = new KindParameters(1_000, 500, 80_000) { Days = 60 };
        var events = KindLog.Events(SyntheticKinds.Find("dense")!, parameters, StageContext.Quiet(2));
        int cut = events.Length / 10 * 9;
        var known = Ratings(parameters, events[..cut]);
        var train = new InteractionMatrix(PairSets.Ones(known.Rows, known.Columns, known.Pointers, known.Indices), ratings: new RatedPairs(known, 4));
        var holdOut = new HoldOut(train, Ratings(parameters, events[cut..]), 0) { TestRatings = Ratings(parameters, events[cut..]) };

        var (metrics, differences, size) = new RatingAccuracy(new EvaluateOptions { Replicates = 200 })
            .Measure(holdOut, [Model(8), Model(0)], StageContext.Quiet(2));

        double Rmse(string model) => metrics.First(m => m.Model == model && m.Metric == RatingAccuracy.Rmse).Value;
        double ours = Rmse("rank 8"), biases = Rmse("rank 0"), mean = Rmse(RatingAccuracy.GlobalMean), floor = Floor(parameters, events[cut..]);
        string told = $"rmse: {ours:0.000}, biases {biases:0.000}, mean {mean:0.000}, floor {floor:0.000}";
        Assert.IsTrue(ours < 1.2 * floor, told);
        Assert.IsTrue(ours > 0.97 * floor, told + ": below the noise, so the test ratings were seen");
        // Users rate what suits them, so what is left to know beyond biases is little, and 72 ratings each say a part of it.
        Assert.IsTrue(biases - ours > 0.2 * (biases - floor) && biases < mean, told);
        Assert.IsTrue(differences.Single(d => d.Baseline == "rank 0" && d.Metric == RatingAccuracy.Rmse).High < 0, "surely better than biases");
        Assert.IsTrue(size is { Pairs: > 7_000 }, $"{size?.Pairs} ratings");

        (string, IPairScorer) Model(int rank) => ($"rank {rank}", (IPairScorer)new AlsRatingsTrainer(new AlsRatingsOptions { Rank = rank, Iterations = 12 })
            .Train(train, StageContext.Quiet(2)).ScorerFor(train, StageContext.Quiet(2)));
    }

    /// <summary>RMSE of the mean of each rating's own distribution: stars are whole and end at 1 and 5, so it is less than the noise where they end.</summary>
    private static double Floor(KindParameters parameters, KindEvent[] events)
    {
        var kind = new DenseKind(parameters);
        double sum = 0;
        foreach (var e in events)
        {
            double truth = kind.Truth(e.User, e.Item);
            var (mean, square) = (0.0, 0.0);
            for (int step = -400; step < 400; step++)
            {
                // The density in steps of a hundredth of the noise's deviation.
                double z = (step + 0.5) / 100, p = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) / 100;
                double stars = Math.Clamp(Math.Round(truth + DenseKind.NoiseDeviation * z), 1, 5);
                (mean, square) = (mean + p * stars, square + p * stars * stars);
            }
            sum += square - mean * mean;
        }
        return Math.Sqrt(sum / events.Length);
    }

    private static SparseRows Ratings(KindParameters parameters, KindEvent[] events) => SparseRows.FromTriplets(
        parameters.Users, parameters.Items, Array.ConvertAll(events, e => e.User), Array.ConvertAll(events, e => e.Item),
        Array.ConvertAll(events, e => (float)e.Rating));
}
