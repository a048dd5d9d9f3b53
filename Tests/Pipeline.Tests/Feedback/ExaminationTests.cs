using Recsys.Batch.Pipeline.Feedback.Clicks;

namespace Recsys.Batch.Pipeline.Tests.Feedback;

[TestClass]
internal sealed class ExaminationTests
{
    public required TestContext TestContext { get; set; }

    [TestMethod]
    public void Examination_is_found_where_clicks_by_place_mislead()
    {
        var (shown, _) = new SimulatedClicks(4_000, 3, SimulatedClicks.PowerLaw).Make(seed: 1);

        var fit = new ExaminationEstimator(shown, 25).Fit();

        TestContext.WriteLine($"decay {fit.Decay.Value:0.000} {fit.Decay.Low:0.000}..{fit.Decay.High:0.000}, {fit.Clicks} clicks of {fit.Pairs} pairs");
        Assert.IsNull(fit.Refusal);
        Assert.IsTrue(fit.Places[0] is { Value: 1, Low: 1, High: 1 }, "the first place is what others are held against");
        double Rate(int place) => ClickRates.Of(shown, at => shown[at].Rank == place, at => shown[at].IsClicked).Value;
        for (int place = 2; place <= SimulatedClicks.Length; place++)
        {
            var found = fit.Places[place - 1];
            double truth = SimulatedClicks.PowerLaw(place), naive = Rate(place) / Rate(1);
            TestContext.WriteLine($"{place}: {truth:0.000}, found {found.Value:0.000} {found.Low:0.000}..{found.High:0.000}, by place {naive:0.000}");
            // Three standard errors, as nine places are looked at.
            Assert.AreEqual(Math.Log(truth), Math.Log(found.Value), 3 / 1.96 * Math.Log(found.High / found.Value), $"place {place}");
            Assert.AreEqual(fit.Curve!.At(place), found.Value, 1e-12);
            // What stands lower is liked less too.
            if (place >= 4) Assert.IsTrue(naive < found.Low, $"place {place}: {naive} misleads nobody, {found.Low}");
        }
    }

    [TestMethod]
    public void Intervals_of_examination_hold_in_nineteen_of_twenty_logs()
    {
        const int Logs = 100;
        // No power of the rank: a page ends after the fifth place.
        static double Fold(int rank) => Math.Pow(rank, -0.5) * (rank > 5 ? 0.5 : 1);
        int held = 0, places = 0;
        for (ulong seed = 0; seed < Logs; seed++)
        {
            var (shown, _) = new SimulatedClicks(600, 3, Fold).Make(seed);
            var fit = new ExaminationEstimator(shown, 25).Fit();
            foreach (int place in (int[])[2, 5, 6, 10])
            {
                places++;
                if (fit.Places[place - 1] is { } found && found.Low <= Fold(place) && Fold(place) <= found.High) held++;
            }
        }
        TestContext.WriteLine($"{held} of {places} intervals hold");
        Assert.IsTrue(held >= 0.91 * places && held <= 0.99 * places, $"{held} of {places}");
    }

    [TestMethod]
    public void Arms_that_appeal_less_do_not_count_as_places()
    {
        // The second arm turns lists around and is liked half as much: what it shows first is clicked less for its own sake.
        var (shown, _) = new SimulatedClicks(4_000, 3, SimulatedClicks.PowerLaw) { Arms = [(1, false), (0.5, true)] }.Make(seed: 2);

        var fit = new ExaminationEstimator(shown, 25).Fit();

        foreach (int place in (int[])[3, 6, 9])
        {
            var found = fit.Places[place - 1];
            TestContext.WriteLine($"{place}: {SimulatedClicks.PowerLaw(place):0.000}, found {found.Value:0.000} {found.Low:0.000}..{found.High:0.000}");
            Assert.AreEqual(Math.Log(SimulatedClicks.PowerLaw(place)), Math.Log(found.Value), 3 / 1.96 * Math.Log(found.High / found.Value));
        }
    }

    [TestMethod]
    public void Nothing_is_concluded_where_no_item_moved_or_few_clicks_tell()
    {
        var (one, _) = new SimulatedClicks(2_000, 1, SimulatedClicks.PowerLaw).Make(seed: 3);
        var fit = new ExaminationEstimator(one, 25).Fit();
        Assert.AreEqual((null, 0L), (fit.Curve, fit.Pairs));
        StringAssert.Contains(fit.Refusal, "no item was shown to the same user at different places");
        var report = ClickReport.Of(one, 25, seed: 1, CancellationToken.None)!;
        Assert.IsNull(report.Decay);
        Assert.IsNull(report.Chances);
        StringAssert.Contains(report.ChancesRefusal, "no item was shown to the same user at different places");
        Assert.IsTrue(report.Places.All(p => p.Examination is null && p.Expected is null) && report.Places.Count == 10);

        // The same ranking on both nights moves nothing either.
        var (same, _) = new SimulatedClicks(2_000, 2, SimulatedClicks.PowerLaw) { RankingNoise = 0 }.Make(seed: 3);
        Assert.AreEqual(0, new ExaminationEstimator(same, 25).Fit().Pairs);

        var (few, _) = new SimulatedClicks(10, 3, SimulatedClicks.PowerLaw).Make(seed: 4);
        StringAssert.StartsWith(new ExaminationEstimator(few, 25).Fit().Refusal, "too few: ");
    }

    [TestMethod]
    public void Rates_by_place_add_up_to_what_was_clicked_and_bought()
    {
        var (shown, _) = new SimulatedClicks(500, 2, SimulatedClicks.PowerLaw).Make(seed: 5);
        var report = ClickReport.Of(shown, 25, seed: 1, CancellationToken.None)!;

        Assert.AreEqual(10_000, report.Impressions);
        int clicks = Enumerable.Range(0, shown.Count).Count(at => shown[at].IsClicked);
        int bought = Enumerable.Range(0, shown.Count).Count(at => shown[at].IsBought);
        Assert.AreEqual(clicks, report.Places.Sum(p => p.Impressions * p.Clicks.Value), 1e-6);
        Assert.AreEqual(bought / 10_000.0, report.Purchases!.Value, 1e-12);
        Assert.IsTrue(bought > 0 && report.Purchases.Low > 0 && report.Purchases.High < report.Clicks.Low);
        // Users differ, so their clicks say less than as many users would: wider than by the binomial alone.
        double alone = 1.96 * Math.Sqrt(report.Clicks.Value * (1 - report.Clicks.Value) / 10_000);
        Assert.IsTrue(report.Clicks.High - report.Clicks.Value > alone, $"{report.Clicks}, {alone}");
    }

    [TestMethod]
    public void Every_rank_lies_in_the_group_that_is_named_after_it()
    {
        Assert.AreEqual("1 10 11 to 15 16 to 20 51 on", string.Join(' ', ((int[])[1, 10, 15, 16, 80]).Select(r => PlaceGroups.Name(PlaceGroups.Of(r)))));
        for (int group = 0; group < PlaceGroups.Count; group++) Assert.AreEqual(group, PlaceGroups.Of(PlaceGroups.Middle(group)));
    }
}
