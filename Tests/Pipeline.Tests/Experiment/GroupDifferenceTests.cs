using Recsys.Batch.Benchmarks.Experiment;
using Recsys.Batch.Pipeline.Experiment;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Tests.Experiment;

/// <summary>What <c>helped</c> (Tests/Benchmarks) prints in full, over fewer runs, and the arithmetic by hand.</summary>
[TestClass]
internal sealed class GroupDifferenceTests
{
    public required TestContext TestContext { get; set; }

    [TestMethod]
    [DataRow(4, 2.776)]
    [DataRow(10, 2.228)]
    [DataRow(30, 2.042)]
    [DataRow(1_000, 1.962)]
    public void Quantiles_of_Student_are_those_of_tables(int degrees, double t) => Assert.AreEqual(t, StudentDistribution.Of95(degrees), 0.002);

    [TestMethod]
    public void Welch_is_as_worked_out_by_hand()
    {
        // Personal 2, 4, 6, 8: mean 5, variance 20/3. Control 1, 3: mean 2, variance 2.
        double[] y = [2, 4, 6, 8, 1, 3];
        var found = GroupDifference.Of(y, null, [false, false, false, false, true, true], [0, 1, 2, 3, 4, 5]);

        double squared = 20.0 / 3 / 4 + 2.0 / 2, degrees = squared * squared / (Math.Pow(20.0 / 12, 2) / 3 + 1);
        Assert.AreEqual((5, 2, 3), (found.Personal, found.Control, found.Difference.Value));
        Assert.AreEqual(3 - StudentDistribution.Of95(degrees) * Math.Sqrt(squared), found.Difference.Low, 1e-12);
        Assert.IsNull(found.Adjusted);
        Assert.AreEqual(found.Difference, found.Best);
    }

    [TestMethod]
    public void Cuped_takes_out_what_the_time_before_explains()
    {
        // What was before explains all but the effect of 1.
        double[] x = [1, 5, 2, 9, 4, 7, 3, 8];
        bool[] isControl = [false, true, false, true, false, true, false, true];
        double[] y = [.. x.Select((v, u) => 2 * v + (isControl[u] ? 0 : 1))];

        var found = GroupDifference.Of(y, x, isControl, [.. Enumerable.Range(0, 8)]);

        Assert.AreEqual(1, found.Adjusted!.Value.Value, 1e-9);
        Assert.AreEqual(0, found.Adjusted.Value.Width, 1e-6);
        Assert.AreEqual(1, found.Explained, 1e-9);
        Assert.IsGreaterThan(5, found.Difference.Width);
    }

    [TestMethod]
    public void Users_who_do_not_count_do_not_matter()
    {
        double[] y = [1, 2, 3, 4, 1e9];
        var without = GroupDifference.Of(y, null, [false, false, true, true, true], [0, 1, 2, 3]);

        Assert.AreEqual(-2, without.Difference.Value, 1e-12);
        Assert.ThrowsExactly<ArgumentException>(() => GroupDifference.Of(y, null, new bool[5], [0, 1, 2, 3]));
    }

    [TestMethod]
    [DataRow(0.15)]
    [DataRow(0)]
    public void Intervals_hold_the_effect_of_a_simulated_shop(double lift)
    {
        const int Runs = 100;
        var rows = EffectCoverage.Of(new SimulatedExperiment(1_000, 0.2, lift), Runs, seed: 11, threads: 2);
        foreach (var row in rows) TestContext.WriteLine($"{row.Name}: {row.Held} of {row.Runs} hold {row.Truth:0.000}, width {row.Width:0.000}");

        // Three standard errors of a share of .95 of 100 runs.
        foreach (var row in rows) Assert.IsGreaterThanOrEqualTo(0.95 - 3 * Math.Sqrt(0.95 * 0.05 / Runs), row.Share, row.Name);
        Assert.IsLessThan(0.9 * rows[0].Width, rows[1].Width, "CUPED narrows orders");
        Assert.IsLessThan(0.9 * rows[2].Width, rows[3].Width, "CUPED narrows revenue");
    }
}
