using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Train;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Auto;
using Recsys.Batch.Pipeline.Train.Linear;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly.Auto;

/// <summary>Races over several windows, one behind the other.</summary>
[TestClass]
internal sealed class FoldedRaceTests
{
    private static readonly StageContext s_context = StageContext.Quiet(2);

    [TestMethod]
    public void Figures_are_pooled_over_users_and_windows()
    {
        var windows = Windows(RaceShops.Tastes());
        var folds = new RaceFolds([.. windows.Select(w => w.Train)]);
        var measure = new FoldedMeasure(windows, new AutoOptions { Cuts = 2 }, s_context);
        var model = folds.Train(train => new ItemKnnTrainer(new ItemKnnOptions()).Train(train, s_context));

        float[] ndcg = measure.Ndcg([folds.Scorer(model, s_context)], [new ScoreMix(1)])[0];

        float[] each = [.. windows.SelectMany(w => new RaceMeasure(w, new AutoOptions(), s_context).Ndcg(
            [new ItemKnnTrainer(new ItemKnnOptions()).Train(w.Train, s_context).ScorerFor(w.Train, s_context)], [new ScoreMix(1)])[0])];
        CollectionAssert.AreEqual(each, ndcg);
        Assert.AreEqual(each.Average(v => (double)v), measure.Mean(ndcg).Value, 1e-6);
        Assert.IsTrue(measure.Users < each.Length, "some users are in both windows");
    }

    [TestMethod]
    public void A_user_of_several_windows_is_drawn_as_a_whole()
    {
        // The same window twice: as many users as once, so no more certainty.
        var window = RaceShops.Tastes();
        var twice = new FoldedMeasure([window, window], new AutoOptions { Cuts = 2 }, s_context);
        var once = new RaceMeasure(window, new AutoOptions(), s_context);
        float[] ndcg = once.Ndcg(
            [new ItemKnnTrainer(new ItemKnnOptions()).Train(window.Train, s_context).ScorerFor(window.Train, s_context)], [new ScoreMix(1)])[0];

        var (of, both) = (once.Mean(ndcg), twice.Mean([.. ndcg, .. ndcg]));

        Assert.AreEqual(once.Users, twice.Users);
        Assert.AreEqual(of.Value, both.Value, 1e-6);
        Assert.AreEqual(of.High - of.Low, both.High - both.Low, 1e-6);
    }

    [TestMethod]
    public void Factors_of_items_are_those_of_their_cut()
    {
        var windows = Windows(RaceShops.Fashion());
        var folds = new RaceFolds([.. windows.Select(w => w.Train)]);
        var trend = TrendGrid.Of(folds, 20, 1);
        var measure = new FoldedMeasure(windows, new AutoOptions { Cuts = 2 }, s_context);
        var model = folds.Train(train => new PopularityTrainer(new PopularityOptions()).Train(train, s_context));

        float[] ndcg = measure.Ndcg([folds.Scorer(model, s_context)], [new ScoreMix(1) { Overall = trend.Factors }])[0];

        float[] each = [.. windows.SelectMany(w => new RaceMeasure(w, new AutoOptions(), s_context).Ndcg(
            [new PopularityTrainer(new PopularityOptions()).Train(w.Train, s_context).ScorerFor(w.Train, s_context)],
            [new ScoreMix(1) { Overall = Pipeline.Train.Trend.TrendFactors.Of(w.Train, 20, 1) }])[0])];
        CollectionAssert.AreEqual(each, ndcg);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_race_over_two_windows_chooses_and_costs_both(bool disliked)
    {
        var windows = Windows(disliked ? RaceShops.SentBack(tells: true) : RaceShops.Tastes());
        var content = PlantedTexts.Of(windows[0].Train.Items);
        var (serving, report) = Race(windows, content, 2);
        var (_, one) = AutoChoice.Of(new TrainOptions { Auto = { Varied = 1 } }, windows[0], "w", content, s_context);

        Assert.AreNotEqual(PopularityTrainer.Name, serving.Algorithm);
        StringAssert.Contains(report.Window, "and 1 before it", StringComparison.Ordinal);
        double newest = one.Trials.First(t => t.Model == "ease").Seconds, both = report.Trials.First(t => t.Model == "ease").Seconds;
        Assert.IsTrue(both > newest && both <= 2 * newest, $"{newest} for the newest, {both} for both");
        foreach (string round in (string[])["families", "options", "trend", "blend", "text"])
            Assert.IsTrue(report.Trials.Any(t => t.Round == round && t.Failure is null), $"no trial of {round}");
        Assert.AreEqual(disliked, report.Trials.Any(t => t.Round == "disliked"));

        // And what served goes on over both as well.
        var (_, again) = AutoChoice.Of(
            Options, windows[0], "w", content, s_context, new LastChoice(report.Settings, true), [windows[1]]);
        Assert.IsTrue(again.Last is { IsKept: true }, again.Last?.ToString());
    }

    [TestMethod]
    public void The_choice_is_the_same_for_any_number_of_threads()
    {
        var windows = Windows(RaceShops.Fashion());
        string one = JsonSerializer.Serialize(Race(windows, null, 1).Report.Trials.Select(t => t.ToString()));
        string three = JsonSerializer.Serialize(Race(windows, null, 3).Report.Trials.Select(t => t.ToString()));
        Assert.AreEqual(one, three);
    }

    [TestMethod]
    public void Pairs_that_have_one_window_are_refused()
    {
        var e = Assert.ThrowsExactly<ConfigurationException>(() => AutoChoice.Of(Options, RaceShops.Tastes(), "w", null, s_context));
        StringAssert.Contains(e.Message, "Train:Auto:Cuts is 2; expected 1", StringComparison.Ordinal);
    }

    private static TrainOptions Options => new() { Auto = { Cuts = 2, Varied = 1 } };

    private static (TrainOptions Serving, AutoReport Report) Race(HoldOut[] windows, ItemContent? content, int threads) =>
        AutoChoice.Of(Options, windows[0], "w", content, StageContext.Quiet(threads), null, [windows[1]]);

    /// <summary>The window, and the last tenth of what lies before it.</summary>
    private static HoldOut[] Windows(HoldOut window) => [window, RaceWindow.Of(window.Train, 1).Window];
}
