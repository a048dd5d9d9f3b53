using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Runs.Nightly.Balance;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly.Balance;

[TestClass]
internal sealed class BalanceChoiceTests
{
    [TestMethod]
    [DataRow(0.02, 0, "calibration 0.5")]
    [DataRow(0.2, 0, "mmr 0.5")]
    [DataRow(0.001, 0, "none")]
    [DataRow(0.02, 0.0015, "mmr 0.2")]
    [DataRow(0.02, 0.01, "none")]
    public void The_most_diverse_setting_within_the_loss_is_chosen(double loss, double error, string expected)
    {
        var report = BalanceChoice.Of(
            [
                Point("none", 0, ndcg: 0.2, ild: 0.5, coverage: 0.3, kl: 2),
                // Of the greatest gains, .5 of distance and all of both others.
                Point("calibration", 0.5, ndcg: 0.197, ild: 0.55, coverage: 0.4, kl: 1, error),
                Point("mmr", 0.2, ndcg: 0.199, ild: 0.55, coverage: 0.3, kl: 1.9, error),
                Point("mmr", 0.5, ndcg: 0.17, ild: 0.6, coverage: 0.4, kl: 1.4, error),
            ],
            new AutoDiversityOptions { MaxLoss = loss }, "a window", 100);

        // mmr 0.5: (1 + 1 + .6) / 3, calibration 0.5: (.5 + 1 + 1) / 3.
        Assert.AreEqual(expected, report.Setting.Name);
        Assert.AreEqual(2.6 / 3, report.Points[3].Diversity, 1e-9);
        Assert.AreEqual(2.5 / 3, report.Points[1].Diversity, 1e-9);
        Assert.AreEqual(0, report.Points[0].Diversity);
    }

    [TestMethod]
    public void A_side_on_which_next_to_nothing_is_gained_does_not_rule()
    {
        var report = BalanceChoice.Of(
            [
                Point("none", 0, ndcg: 0.2, ild: 0.5, coverage: 0.4, kl: 2), Point("mmr", 0.2, ndcg: 0.2, ild: 0.7, coverage: 0.39, kl: 2),
                Point("xquad", 0.2, ndcg: 0.2, ild: 0.5, coverage: 0.4001, kl: 2),
            ],
            new AutoDiversityOptions(), "a window", 100);

        // Distance 1 and coverage -1 beside 0 and .01: the sides are even, and neither is worth more.
        Assert.AreEqual(0, report.Points[1].Diversity, 1e-9);
        Assert.AreEqual(0.005, report.Points[2].Diversity, 1e-9);
    }

    [TestMethod]
    public async Task Auto_serves_what_the_validation_window_prefers()
    {
        using var folder = new TempFolder();
        SmallNight.WriteLog(folder.File("log"));
        var options = SmallNight.Options(folder.File("log"), folder.File("out"));
        options.Diversify.Method = "auto";
        options.Diversify.Lambda = null;
        options.Diversify.Auto.MinUsers = 1;
        options.Diversify.Auto.Lambdas = [0.5];
        // Lists that are nobody's go by what is configured, not by what the window chose.
        options.Places.Lists.Count = 0;

        var auto = await SmallNight.Run(options);

        var report = BalanceReport.Read(Path.Combine(auto.Stages.Single(s => s.Stage == "rank").Folder, BalanceReport.FileName));
        CollectionAssert.AreEqual(
            new[] { "none 0", "calibrated-mmr 0.5", "calibration 0.5", "mmr 0.5", "xquad 0.5" }, report.Points.Select(p => $"{p.Method} {p.Lambda}").ToArray());
        Assert.IsGreaterThan(0, report.Users);
        Assert.IsTrue(report.Points.First(p => p.Setting == report.Setting).Figures["ndcg"] >= 0.98 * report.Points[0].Figures["ndcg"]);

        // Stated, the same setting gives the same lists; the measured night and the stated one differ in nothing that readers see.
        using var other = new TempFolder();
        SmallNight.WriteLog(other.File("log"));
        var stated = SmallNight.Options(other.File("log"), other.File("out"));
        (stated.Diversify.Method, stated.Diversify.Lambda) = (report.Method, report.Lambda);
        stated.Places.Lists.Count = 0;
        Assert.AreEqual((await SmallNight.Run(stated)).Version, auto.Version);
    }

    [TestMethod]
    public async Task Too_few_users_leave_the_usual_setting_and_it_is_said()
    {
        using var folder = new TempFolder();
        SmallNight.WriteLog(folder.File("log"));
        var options = SmallNight.Options(folder.File("log"), folder.File("out"));
        (options.Diversify.Method, options.Diversify.Lambda) = ("auto", null);
        options.Diversify.Auto.MinUsers = 1_000_000;

        var night = await SmallNight.Run(options);

        var report = BalanceReport.Read(Path.Combine(night.Stages.Single(s => s.Stage == "rank").Folder, BalanceReport.FileName));
        Assert.AreEqual("mmr 0.2", report.Setting.Name);
        StringAssert.Contains(report.Why, "fewer than Diversify:Auto:MinUsers = 1000000");
    }

    private static (DiversitySetting, IReadOnlyDictionary<string, double>, Interval) Point(
        string method, double lambda, double ndcg, double ild, double coverage, double kl, double error = 0) => (
        new DiversitySetting(method, lambda),
        new Dictionary<string, double> { ["ndcg"] = ndcg, ["ild"] = ild, ["coverage"] = coverage, ["calibration_kl"] = kl },
        new Interval(ndcg - 0.2, ndcg - 0.2 - 1.96 * error, ndcg - 0.2 + 1.96 * error));
}
