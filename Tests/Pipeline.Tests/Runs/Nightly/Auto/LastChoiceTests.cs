using System.Globalization;
using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Train;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Auto;
using Recsys.Batch.Pipeline.Train.Linear;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly.Auto;

/// <summary>Races that know what served last night.</summary>
[TestClass]
internal sealed class LastChoiceTests
{
    [TestMethod]
    public void A_log_that_moves_a_bit_keeps_what_served()
    {
        var served = Race(RaceShops.Tastes(), null);
        int others = 0;
        for (ulong seed = 4; seed < 8; seed++)
        {
            var fresh = Race(RaceShops.Tastes(seed), null);
            var kept = Race(RaceShops.Tastes(seed), Last(served));

            if (!LastChoice.Same(fresh.Settings, served.Settings)) others++;
            Assert.IsTrue(
                kept.Last!.IsKept ? LastChoice.Same(kept.Settings, served.Settings) : kept.Last.Change is { Value: > 0 } gain && gain.Value > Error(gain),
                $"seed {seed}: {kept.Last}");
            if (kept.Last is { IsKept: true, Change: { } change }) Assert.IsTrue(change.Value <= Error(change), $"seed {seed}: {kept.Last}");
        }
        Assert.IsTrue(others >= 2, "without last night the choice moves with the draw, or this tests nothing");
    }

    [TestMethod]
    public void Another_kind_of_log_changes_what_serves()
    {
        var popularity = Race(RaceShops.NoTastes(), null);
        Assert.AreEqual(PopularityTrainer.Name, popularity.Settings["Algorithm"]);

        var changed = Race(RaceShops.Tastes(), Last(popularity));

        Assert.AreNotEqual(PopularityTrainer.Name, changed.Settings["Algorithm"]);
        Assert.IsTrue(changed.Last is { IsKept: false, Change.Low: > 0 }, changed.Last?.ToString());
        Assert.AreEqual(changed.Best!.Model, changed.Last!.Best);
        Assert.IsTrue(LastChoice.Same(Race(RaceShops.Tastes(), null).Settings, changed.Settings), "the race itself is the same");
    }

    [TestMethod]
    public void What_is_kept_serves_as_it_was_measured()
    {
        var context = StageContext.Quiet(2);
        var window = RaceShops.Fashion();
        var content = PlantedTexts.Of(window.Train.Items);
        var (_, first) = AutoChoice.Of(new TrainOptions(), RaceShops.Tastes(), "w", content, context);
        var settings = new SortedDictionary<string, string>(first.Settings.ToDictionary(), StringComparer.Ordinal) { ["Disliked:Weight"] = "0" };

        // Nothing else races, so that nothing can be ahead.
        string[] members = [.. new LastChoice(settings, true).Members(new TrainOptions())!.Select(m => m.Algorithm)];
        var options = new TrainOptions { Auto = { Algorithms = members, Varied = 0, Blend = false } };
        var (serving, report) = AutoChoice.Of(options, window, "w", content, context, new LastChoice(settings, true));

        var model = TrainerCatalog.Serving(AutoChoice.With(options, report with { Settings = settings })).Train(window.Train, content, context);
        var measure = new RaceMeasure(window, options.Auto, context);
        float[] ndcg = measure.Ndcg([model.ScorerFor(window.Train, context)], [new ScoreMix(1)])[0];
        var measured = report.Trials.Last(t => t.Round == "last");
        Assert.AreEqual(measured.Ndcg.Value, measure.Mean(ndcg).Value, 1e-3, $"{measured.Model}, {serving.Algorithm}");
    }

    [TestMethod]
    public void What_served_is_trained_once()
    {
        var first = Race(RaceShops.Tastes(), null);
        var second = Race(RaceShops.Tastes(), Last(first));

        Assert.IsTrue(second.Last is { IsKept: true, Change: null }, second.Last?.ToString());
        StringAssert.Contains(second.Last!.ToString(), "the race comes to the same", StringComparison.Ordinal);
        Assert.AreEqual(first.SpentSeconds, second.SpentSeconds, first.SpentSeconds * 1e-9, "the race takes over what was trained for last night's");
        Assert.AreEqual("last", second.Trials[0].Round);
    }

    [TestMethod]
    public void The_choice_is_the_same_for_any_number_of_threads()
    {
        var last = Last(Race(RaceShops.Tastes(), null));
        string one = JsonSerializer.Serialize(Race(RaceShops.Tastes(5), last, 1).Trials.Select(t => t.ToString()));
        string three = JsonSerializer.Serialize(Race(RaceShops.Tastes(5), last, 3).Trials.Select(t => t.ToString()));
        Assert.AreEqual(one, three);
    }

    [TestMethod]
    public void Too_few_users_leave_what_served()
    {
        var first = Race(RaceShops.Tastes(), null);
        var options = new TrainOptions { Auto = { MinUsers = 100_000 } };

        var (serving, report) = AutoChoice.Of(options, RaceShops.Tastes(), "w", null, StageContext.Quiet(2), Last(first));

        Assert.AreEqual(first.Settings["Algorithm"], serving.Algorithm);
        Assert.IsTrue(report is { Best: null, Last.IsKept: true }, report.Why);
    }

    [TestMethod]
    [DataRow("Algorithm", "mlnet-square", "does not race any more")]
    [DataRow("Text:Use", "Auto", "there are none tonight")]
    public void What_cannot_be_had_is_left_out_and_said(string key, string value, string why)
    {
        var first = Race(RaceShops.NoTastes(), null);
        var settings = new Dictionary<string, string>(first.Settings) { [key] = value };

        var report = Race(RaceShops.Tastes(), new LastChoice(settings, true));

        Assert.IsFalse(report.Last!.IsKept);
        StringAssert.Contains(report.Last.ToString(), why, StringComparison.Ordinal);
        Assert.IsTrue(LastChoice.Same(Race(RaceShops.Tastes(), null).Settings, report.Settings));
    }

    [TestMethod]
    public void Texts_that_it_never_saw_are_tried()
    {
        var window = RaceShops.Tastes();
        var content = PlantedTexts.Of(window.Train.Items);
        var first = Race(window, null);

        var (_, report) = AutoChoice.Of(new TrainOptions(), window, "w", content, StageContext.Quiet(2), new LastChoice(first.Settings, false));

        StringAssert.Contains(report.Last!.ToString(), "never saw the texts", StringComparison.Ordinal);
    }

    [TestMethod]
    public void A_sum_is_read_back_model_by_model()
    {
        var last = new LastChoice(new Dictionary<string, string>
        {
            ["Algorithm"] = "ensemble",
            ["Ensemble:Members:ease:Algorithm"] = "ease",
            ["Ensemble:Members:ease:Weight"] = "1",
            ["Ensemble:Members:ease:Ease:Regularization"] = "20",
            ["Ensemble:Members:item-knn:Algorithm"] = "item-knn",
            ["Ensemble:Members:item-knn:Weight"] = "0.3",
        }, true);

        var members = last.Members(new TrainOptions())!;

        Assert.AreEqual("ease 1 Regularization=20, item-knn 0.3 ", string.Join(", ", members.Select(m => string.Create(
            CultureInfo.InvariantCulture, $"{m.Algorithm} {m.Weight} {string.Join(' ', m.Keys.Select(k => $"{k.Key}={k.Value}"))}"))));
    }

    private static LastChoice Last(AutoReport report) => new(report.Settings, true);

    private static double Error(Interval gain) => (gain.High - gain.Low) / (2 * 1.96);

    private static AutoReport Race(HoldOut window, LastChoice? last, int threads = 2) =>
        AutoChoice.Of(new TrainOptions(), window, "w", null, StageContext.Quiet(threads), last).Report;
}
