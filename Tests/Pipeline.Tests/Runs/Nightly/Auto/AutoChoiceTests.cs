using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Train;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Auto;
using Recsys.Batch.Pipeline.Train.Linear;
using Recsys.Batch.Pipeline.Train.Tune;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly.Auto;

[TestClass]
internal sealed class AutoChoiceTests
{
    [TestMethod]
    public void Where_tastes_differ_a_personal_model_serves()
    {
        var (serving, report) = Choose(RaceShops.Tastes());

        Assert.AreNotEqual(PopularityTrainer.Name, serving.Algorithm);
        Assert.IsTrue(report.OverPopularity is { Low: > 0 }, $"{report.Best} over popularity {report.OverPopularity}");
        CollectionAssert.AreEquivalent(
            TrainerNamesThatRace(), report.Trials.Where(t => t.Round == "families").Select(t => t.Model.Split(' ', ',')[0]).Distinct().ToArray());
    }

    [TestMethod]
    public void Where_nobody_has_a_taste_popularity_serves()
    {
        var (serving, report) = Choose(RaceShops.NoTastes());

        Assert.AreEqual(PopularityTrainer.Name, serving.Algorithm, report.Best?.Model);
        StringAssert.Contains(report.Why, "popularity serves", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Where_fashion_changes_the_trend_is_found()
    {
        var (serving, report) = Choose(RaceShops.Fashion());

        Assert.IsTrue(serving.Trend.HalfLifeDays > 0 || serving.Popularity.HalfLifeDays > 0, report.Best?.Model);
    }

    [TestMethod]
    public void What_was_sent_back_speaks_against_its_like_where_that_gains()
    {
        var (serving, report) = Choose(RaceShops.SentBack(tells: true));

        Assert.IsTrue(serving.Disliked.Weight > 0, string.Join('\n', report.Trials.TakeLast(12)));
        var before = report.Trials.Last(t => t.Round is not ("disliked" or "serves")).Ndcg.Value;
        Assert.IsTrue(report.Best!.Ndcg.Value > before, $"{report.Best.Ndcg} after {before}");
    }

    [TestMethod]
    public void What_was_sent_back_by_chance_changes_no_score()
    {
        var (serving, report) = Choose(RaceShops.SentBack(tells: false), new TrainOptions { Disliked = { Weight = 0.7 } });

        Assert.AreEqual(0, serving.Disliked.Weight, report.Best?.Model);
        Assert.IsTrue(report.Trials.Any(t => t.Round == "disliked"), "it was tried");
    }

    [TestMethod]
    [DataRow(false, false)]
    [DataRow(true, false)]
    [DataRow(true, true)]
    public void What_serves_is_what_was_measured(bool texts, bool disliked)
    {
        var context = StageContext.Quiet(2);
        var window = disliked ? RaceShops.SentBack(tells: true) : RaceShops.Fashion();
        var content = texts ? PlantedTexts.Of(window.Train.Items) : null;
        var (serving, report) = AutoChoice.Of(new TrainOptions { Text = { Weight = 2, HistoryDecay = 0.5 } }, window, "w", content, context);

        var model = TrainerCatalog.Serving(serving).Train(window.Train, content, context);

        var measure = new RaceMeasure(window, serving.Auto, context);
        float[] ndcg = measure.Ndcg([model.ScorerFor(window.Train, context)], [new ScoreMix(1)])[0];
        Assert.AreEqual(report.Best!.Ndcg.Value, measure.Mean(ndcg).Value, 1e-3, report.Best.Model);
    }

    [TestMethod]
    public void The_choice_is_the_same_for_any_number_of_threads()
    {
        var window = RaceShops.Tastes();
        string one = Written(AutoChoice.Of(new TrainOptions(), window, "w", null, StageContext.Quiet(1)).Report);
        string three = Written(AutoChoice.Of(new TrainOptions(), window, "w", null, StageContext.Quiet(3)).Report);
        Assert.AreEqual(one, three);
    }

    [TestMethod]
    public void What_costs_more_than_is_left_is_left_out_and_named()
    {
        // A hundred-thousandth of a minute is less than any iteration of ALS takes here.
        var (serving, report) = Choose(RaceShops.Tastes(), new TrainOptions { Auto = { Minutes = 1e-5 } });

        Assert.AreNotEqual("ials", serving.Algorithm);
        Assert.IsTrue(report.SpentSeconds <= report.BudgetSeconds, $"{report.SpentSeconds} of {report.BudgetSeconds}");
        var left = report.Trials.First(t => t.Model == "ials");
        StringAssert.Contains(left.Failure, "nominal seconds", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Too_few_users_choose_nothing_and_als_serves()
    {
        var (serving, report) = Choose(RaceShops.Tastes(), new TrainOptions { Auto = { MinUsers = 100_000 } });

        Assert.AreEqual("ials", serving.Algorithm);
        Assert.IsNull(report.Best);
        StringAssert.Contains(report.Why, "Train:Auto:MinUsers", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Only_named_trainers_race()
    {
        var (_, report) = Choose(RaceShops.Tastes(), new TrainOptions { Auto = { Algorithms = ["ease", "popularity"], Blend = false } });

        CollectionAssert.AreEquivalent(
            (string[])["ease", "popularity"], report.Trials.Select(t => t.Model.Split(' ', ',')[0]).Where(m => m != "1").Distinct().ToArray());
    }

    [TestMethod]
    public void Settings_say_all_that_serves()
    {
        var window = RaceShops.Tastes();
        var (serving, report) = Choose(window);
        var again = AutoChoice.With(new TrainOptions { Ensemble = { Members = { ["mine"] = new() } } }, report);

        Assert.IsFalse(again.Ensemble.Members.ContainsKey("mine"), "members of the configuration are another ensemble");
        Assert.AreEqual(System.Text.Json.JsonSerializer.Serialize(serving), System.Text.Json.JsonSerializer.Serialize(again));
        var check = new OptionsCheck("Train");
        again.Validate(check);
        Assert.AreEqual("", string.Join('\n', check.Faults));
    }

    [TestMethod]
    public void Members_of_a_sum_keep_what_the_configuration_says()
    {
        var options = new TrainOptions { Ease = { MaxItems = 7_000, HistoryDecay = 0.7 }, Ensemble = { Normalize = false, Members = { ["mine"] = new() } } };
        var ease = Member("ease", "Ease", OptionPath.Differing(options.Ease, new TrainOptions().Ease), ("Regularization", "20"));
        var popularity = Member("popularity", "Popularity", [], ("HalfLifeDays", "9"));
        var settings = new RaceSum([new RaceMember(ease, 1, 1), new RaceMember(popularity, 0.3, 1)], TrendChoice.None, []).Settings();

        var serving = AutoChoice.With(options, new AutoReport("w", 0, 10, 0, 0, settings, null, null, "", []));

        Assert.AreEqual("ensemble", serving.Algorithm);
        CollectionAssert.AreEquivalent((string[])["ease", "popularity"], serving.Ensemble.Members.Keys);
        var of = serving.Ensemble.Members["ease"];
        Assert.AreEqual((7_000, 0.7, 20.0, 1.0), (of.Ease.MaxItems, of.Ease.HistoryDecay, of.Ease.Regularization, of.Weight));
        Assert.AreEqual((9.0, 0.3), (serving.Ensemble.Members["popularity"].Popularity.HalfLifeDays, serving.Ensemble.Members["popularity"].Weight));
        Assert.IsTrue(serving.Ensemble.Normalize, "the weights were found on scores by their scales");

        static Entrant Member(
            string name, string section, IEnumerable<KeyValuePair<string, string>> configured, params (string Key, string Value)[] settings) => new(
                name, section, settings.ToDictionary(s => s.Key, s => s.Value), new PopularityModel([1]))
            {
                Configured = configured.ToDictionary(),
                Scorer = new PopularityScorer(1, [1]),
                Ndcg = [],
                Mean = default,
            };
    }

    private static (TrainOptions Serving, AutoReport Report) Choose(HoldOut window, TrainOptions? options = null) =>
        AutoChoice.Of(options ?? new TrainOptions(), window, "w", null, StageContext.Quiet(2));

    private static List<string> TrainerNamesThatRace() =>
        [.. new TrainOptions().Trainers().Where(t => t.Options.Definition.Race is { NeedsRatings: false }).Select(t => t.Options.Definition.Name)];

    private static string Written(AutoReport report)
    {
        string path = Path.GetTempFileName();
        AutoChoice.Save(report, path);
        string text = File.ReadAllText(path);
        File.Delete(path);
        return text;
    }
}
