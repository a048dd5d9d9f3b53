using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Linear;
using Recsys.Batch.Pipeline.Train.Trend;

namespace Recsys.Batch.Pipeline.Tests.Train.Trend;

[TestClass]
internal sealed class TrendFactorsTests
{
    private const uint Day = 86_400;
    private const uint Newest = 1_000_000_000;

    // Item 0: today and a half-life ago; item 1: two half-lives ago; item 2: never.
    private static InteractionMatrix Log => new(
        SparseRows.FromTriplets(2, 3, [0, 0, 1], [0, 1, 0], [1f, 1f, 1f]), [Newest, Newest - 20 * Day, Newest - 10 * Day]);

    [TestMethod]
    public void Factors_are_the_recent_share_to_a_power()
    {
        float[] factors = TrendFactors.Of(Log, halfLifeDays: 10, exponent: 0.5);

        Assert.AreEqual(Math.Sqrt((1 + 0.5 + 0.1) / 3), factors[0], 1e-6);
        Assert.AreEqual(Math.Sqrt((0.25 + 0.1) / 2), factors[1], 1e-6);
        Assert.AreEqual(Math.Sqrt(0.1 / 1), factors[2], 1e-6);
    }

    [TestMethod]
    public void A_log_without_moments_has_no_trend_and_says_so()
    {
        foreach (var log in new[] { new InteractionMatrix(Log.ByUser), new InteractionMatrix(Log.ByUser, [3, 1, 2]) })
        {
            Assert.IsFalse(TrendFactors.Applies(log));
            var said = new Remarks();
            var model = new TrendTrainer(new PopularityTrainer(new PopularityOptions()), new TrendOptions { HalfLifeDays = 10 })
                .Train(log, StageContext.Quiet(1) with { Progress = said });
            Assert.IsInstanceOfType<PopularityModel>(model);
            StringAssert.Contains(said.Lines.Single(), "Train:Trend:HalfLifeDays", StringComparison.Ordinal);
        }
    }

    private sealed class Remarks : IStageProgress
    {
        public List<string> Lines { get; } = [];

        public void Step(string step, long done, long total, string unit)
        {
        }

        public void Metric(string name, double value)
        {
        }

        public void Note(string message) => Lines.Add(message);
    }
}
