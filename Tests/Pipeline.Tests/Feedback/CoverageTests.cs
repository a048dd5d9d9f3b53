using Recsys.Batch.Benchmarks.Feedback;
using Recsys.Batch.Pipeline.Feedback.Estimates;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Tests.Feedback;

/// <summary>What <c>feedback-coverage</c> (Tests/Benchmarks) prints in full, over fewer logs.</summary>
[TestClass]
internal sealed class CoverageTests
{
    private const int Logs = 200;

    public required TestContext TestContext { get; set; }

    [TestMethod]
    [DataRow(0.005, 500, false)]
    [DataRow(0.01, 2_000, false)]
    [DataRow(0.01, 4_000, true)]
    [DataRow(0.05, 2_000, true)]
    [DataRow(0.5, 2_000, false)]
    public void Intervals_hold_at_the_click_rates_of_shops(double rate, int users, bool heavy)
    {
        double error = 3 * Math.Sqrt(CoverageRow.Least * (1 - CoverageRow.Least) / Logs);
        foreach (var row in CoverageRow.Of(new SimulatedShop(rate, users, heavy), Logs, seed: 1, threads: 2))
        {
            TestContext.WriteLine(
                $"{row.Kind}: {row.Clicks / row.Estimates:0.0} clicks, {row.Refused} of {row.Estimates} refused, "
                + string.Join(", ", Enumerable.Range(0, 3).Select(k => $"{CoverageRow.Estimators[k]} {row.Coverage(k):0.000}")));
            Assert.AreEqual(0, row.Points, $"{row.Kind}: nothing is known exactly");
            for (int k = 0; k < 3; k++)
            {
                Assert.IsTrue(row.Holds(k, error), $"{row.Kind}, {CoverageRow.Estimators[k]}: {row.Coverage(k):0.000}");
                // Refused or not, an interval that is there holds; and an estimate that is shown misleads in no more cases than it may.
                Assert.IsTrue(row.Coverage(k) >= CoverageRow.Least - error, $"{row.Kind}, {CoverageRow.Estimators[k]}: {row.Coverage(k):0.000}");
                Assert.IsTrue(row.Misled[k] <= (1 - CoverageRow.Least + error) * row.Estimates, $"{row.Kind}: {row.Misled[k]} of {row.Estimates}");
            }
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(5)]
    [DataRow(25)]
    [DataRow(100)]
    public void An_interval_of_rare_equal_clicks_is_that_of_a_count(int clicks)
    {
        const int Users = 1_000_000;
        var mean = new RatioMoments(
            clicks / (double)Users, Users, Users, Residuals(2), Residuals(3), Residuals(4));
        var found = RareClickInterval.Of(mean, new ClickMoments(1, clicks, clicks, clicks), NormalDistribution.Z95);

        // Mid-p: half of what is as likely as the count itself.
        double low = clicks == 0 ? 0 : Bisect(m => 1 - Below(clicks, m) - Point(clicks, m) / 2 < 0.025);
        double high = Bisect(m => Below(clicks, m) + Point(clicks, m) / 2 > 0.025);
        TestContext.WriteLine($"{found.Low * Users:0.00} to {found.High * Users:0.00}, mid-p {low:0.00} to {high:0.00}");
        Assert.AreEqual(low, found.Low * Users, 0.25);
        Assert.AreEqual(high, found.High * Users, 0.25);

        // Of so many users with one click each, the others with none.
        double Residuals(int power) => clicks * Math.Pow(1 - clicks / (double)Users, power) + (Users - clicks) * Math.Pow(-clicks / (double)Users, power);
    }

    private static double Bisect(Func<double, bool> isAbove)
    {
        double low = 0, high = 1_000;
        for (int i = 0; i < 100; i++)
        {
            double middle = (low + high) / 2;
            if (isAbove(middle)) low = middle;
            else high = middle;
        }
        return low;
    }

    private static double Point(int count, double mean) => Math.Exp(count * Math.Log(mean) - mean - Enumerable.Range(1, count).Sum(k => Math.Log(k)));

    private static double Below(int count, double mean) => Enumerable.Range(0, count).Sum(k => Point(k, mean));
}
