using Recsys.Batch.Pipeline.Feedback.Clicks;

namespace Recsys.Batch.Pipeline.Tests.Feedback;

[TestClass]
internal sealed class ClickChancesTests
{
    public required TestContext TestContext { get; set; }

    [TestMethod]
    public void Held_out_chances_are_the_share_that_is_clicked()
    {
        var (shown, truth) = new SimulatedClicks(4_000, 3, SimulatedClicks.PowerLaw) { Level = 0.12 }.Make(seed: 1);

        var chances = new ClickChances(shown, 25, seed: 7, CancellationToken.None);
        var report = chances.Run()!;

        TestContext.WriteLine(
            $"AUC {report.Auc:0.000} ({report.PlaceAuc:0.000}), log loss {report.LogLoss:0.0000} ({report.PlaceLogLoss:0.0000}), "
            + $"calibration error {report.CalibrationError:0.0000}, cut {report.ClippedShare:0.000}");
        foreach (var effect in report.Features) TestContext.WriteLine($"{effect.Name} {effect.Effect:0.000}");
        Assert.IsNull(chances.Refusal);
        Assert.IsTrue(report.Auc > report.PlaceAuc + 0.02 && report.LogLoss < report.PlaceLogLoss);
        int inside = 0;
        foreach (var bin in report.Bins)
        {
            TestContext.WriteLine($"{bin.Expected:0.0000}: {bin.Observed.Value:0.0000} {bin.Observed.Low:0.0000}..{bin.Observed.High:0.0000}");
            if (bin.Observed.Low <= bin.Expected && bin.Expected <= bin.Observed.High) inside++;
        }
        Assert.AreEqual(10, report.Bins.Count);
        Assert.IsTrue(inside >= 8, $"{inside} of 10 bins hold what was expected of them");
        foreach (var half in report.Halves)
        {
            TestContext.WriteLine($"{half.Expected:0.000} expected, {half.Clicks:0.000}, {half.Ratio}");
            Assert.IsTrue(half.Ratio.Low < 1 && half.Ratio.High > 1 && half.Ratio.High / half.Ratio.Low < 1.2);
        }
        // Lists that are expected to bring more do: by the truth, of which the log is a draw.
        double all = truth.Sum();
        Assert.AreEqual(all, chances.Held.Sum(), 0.05 * all);
        int[] first = [.. Enumerable.Range(0, shown.Count).Where(at => shown[at].Rank == 1).OrderByDescending(at => chances.Held[at]).Take(shown.Count / 50)];
        double best = first.Sum(at => truth[at]);
        Assert.AreEqual(best, first.Sum(at => chances.Held[at]), 0.15 * best);
    }

    [TestMethod]
    public void Without_examination_chances_are_wrong_place_by_place()
    {
        var (with, without) = (new double[SimulatedClicks.Length], new double[SimulatedClicks.Length]);
        const int seeds = 3;
        for (ulong seed = 1; seed <= seeds; seed++)
        {
            var (shown, truth) = new SimulatedClicks(8_000, 3, SimulatedClicks.PowerLaw).Make(seed);
            var users = new UserParts(shown.Lists.Clusters, 7);
            int[] tried = [.. Enumerable.Range(0, shown.Count).Where(at => users.HalfOf(shown.UserOf(at)) == 1)];
            AddErrors(new ExaminationEstimator(shown, 25).Fit(user => users.HalfOf(user) == 0).Curve!, with);
            AddErrors(ExaminationCurve.Flat, without);

            void AddErrors(ExaminationCurve by, double[] errors)
            {
                var model = ClickModel.Learn(shown, users, 0, by, seed: 1);
                for (int place = 0; place < errors.Length; place++)
                {
                    int[] there = [.. tried.Where(at => shown[at].Rank == place + 1)];
                    errors[place] += (there.Sum(at => model.ChanceOf(shown, at)) / there.Sum(at => truth[at]) - 1) / seeds;
                }
            }
        }

        TestContext.WriteLine($"with examination {Words(with)}; without {Words(without)}");
        // A curve of half of the users is least sure of the last places, where few click.
        Assert.IsTrue(with.All(e => Math.Abs(e) < 0.15), Words(with));
        Assert.IsTrue(without[0] < -0.18 && without.Max() > 0.15, Words(without));

        static string Words(double[] errors) => string.Join(" ", errors.Select(e => $"{e:+0.000;-0.000}"));
    }

    [TestMethod]
    public void The_same_log_and_seed_give_the_same_chances()
    {
        var (shown, _) = new SimulatedClicks(800, 3, SimulatedClicks.PowerLaw).Make(seed: 3);
        double[] Held(ulong seed)
        {
            var chances = new ClickChances(shown, 25, seed, CancellationToken.None);
            Assert.IsNotNull(chances.Run());
            return chances.Held;
        }

        CollectionAssert.AreEqual(Held(1), Held(1));
        CollectionAssert.AreNotEqual(Held(1), Held(2));
    }

    [TestMethod]
    public void Log_loss_is_the_mean_of_surprise() =>
        Assert.AreEqual(-(Math.Log(0.9) + Math.Log(0.2)) / 2, ClickMeasures.LogLoss([0.1, 0.2], at => at == 1), 1e-12);
}
