using System.Globalization;
using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Ingest.Tables;
using Recsys.Batch.Pipeline.Lexical;
using Recsys.Batch.Pipeline.Rank;
using Recsys.Batch.Pipeline.Retrieve;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Runs.Nightly.Balance;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Imported;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Rank;

/// <summary>
/// Rank in the night: on the validation window, by the serving model as it was before that window, learns how candidates are ranked and chooses how lists are
/// diversified. Nothing of it is done where the configuration leaves nothing to learn or to choose.
/// </summary>
/// <param name="allowSeen">Whether lists may hold what users have, of which a ranker learns nothing here: it learns what is bought for the first time.</param>
internal sealed class RankStep(TrainOptions train, RankOptions rank, DiversifyOptions diversify, bool allowSeen) : IRunStage
{
    /// <summary>Whether the night reads reviews, which a ranker hears of.</summary>
    public bool HasReviews { get; init; }

    /// <summary>Where impressions are read that are learned from; null where the order is learned from purchases.</summary>
    public ClickLogReader? Clicks { get; init; }

    /// <summary>The user table, by whose columns popularity may go; null where there is none.</summary>
    public UserSourceOptions? Users { get; init; }

    public string Name => StageNames.Rank;

    public string CodeVersion => "2";

    public IReadOnlyList<StageInput> Inputs => IsStated ? [] :
    [
        new StageInput(
            StageNames.Ingest,
            [
                IngestArtifacts.Validation, IngestArtifacts.Catalog, IngestArtifacts.NewItems, .. UserColumns.Inputs(Users, train),
                .. rank.Objective == RankObjective.Margin ? [IngestArtifacts.ItemAttributes] : Array.Empty<string>(),
                .. Clicks is null ? [] : ClickLogReader.Inputs,
            ]),
        new StageInput(StageNames.Embed, EmbedArtifacts.Content, EmbedArtifacts.Categories),
        new StageInput(StageNames.Train, [ServingModel.FileName, .. train.IsAuto ? [AutoChoice.FileName] : Array.Empty<string>()]),
        .. ReviewsStep.ForRanking(HasReviews),
    ];

    /// <summary>A stated setting is no reason to learn again.</summary>
    public JsonNode? Options => IsStated
        ? OptionSections.Of((nameof(PipelineOptions.Rank), rank.Algorithm))
        : OptionSections.Of(
            [
                (nameof(PipelineOptions.Rank), rank), (nameof(PipelineOptions.Train), train),
                (nameof(PipelineOptions.Materialize), new { AllowSeen = allowSeen }),
                (nameof(PipelineOptions.Diversify), diversify.Stated is null ? diversify : new { diversify.Candidates }),
                .. Clicks is null ? Array.Empty<(string, object)>() : [(nameof(PipelineOptions.Feedback), Clicks.Options)],
            ]);

    public IReadOnlyDictionary<string, string> Sources() => IsStated || Clicks is null ? new Dictionary<string, string>() : Clicks.Sources().ToDictionary();

    private bool IsStated => diversify.Stated is not null && rank.Algorithm == RankOptions.None;

    /// <summary>The options with what serves tonight: what they state, else what was chosen.</summary>
    public static DiversifyOptions Serving(DiversifyOptions diversify, StageWork work) => diversify.Stated is not null
        ? diversify
        : diversify.With(BalanceReport.Read(work.Input(StageNames.Rank, BalanceReport.FileName)).Setting);

    /// <summary>How candidates are ranked tonight.</summary>
    /// <param name="history">What the model scores users by.</param>
    /// <param name="all">Everybody's, by which items are counted.</param>
    /// <param name="keepsRows">Whether lists are to be explained by what their candidates were ranked by.</param>
    public static Func<CandidateBlock, CandidateBlock> Ranking(
        StageWork work, ITrainedModel model, InteractionMatrix history, InteractionMatrix all, Catalog catalog, ItemContent content, bool keepsRows = false) =>
        RankedCandidates.Of(RankReport.Read(work.Input(StageNames.Rank, RankReport.FileName)), model, history, all, catalog, content,
            ReviewsStep.ReadMoments(work), work.Context, keepsRows);

    /// <summary>What explains lists by the ranker that serves tonight; null where the model's own order does.</summary>
    public static FeatureReasons? Reasons(StageWork work, double minShare) =>
        RankReport.Read(work.Input(StageNames.Rank, RankReport.FileName)).Ranker is { } ranker ? new FeatureReasons(ranker, minShare) : null;

    public Task RunAsync(StageWork work)
    {
        var (ranking, balance) = IsStated ? (RankReport.Of("as configured"), BalanceReport.Of(diversify.Stated!, "as configured")) : Learn(work);
        ranking.Save(work.Output(RankReport.FileName));
        balance.Save(work.Output(BalanceReport.FileName));
        work.Facts["rank"] = ranking.Algorithm;
        work.Facts["diversify"] = balance.Setting.Name;
        return Task.CompletedTask;
    }

    private (RankReport, BalanceReport) Learn(StageWork work)
    {
        if (train.Algorithm == ImportedTrainer.Name)
            return Unmeasured("the model was trained elsewhere, so there is none that has not seen the validation window");
        string ingest = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Validation))!;
        var window = UserColumns.Known(IngestArtifacts.ReadValidation(ingest), Users, train, ingest);
        if (window.Train.Count == 0) return Unmeasured("the log is too small for a validation window");
        var (catalog, content) = (EmbedStep.Catalog(work), EmbedStep.Content(work));
        if (rank.Objective == RankObjective.Margin) catalog = catalog.WithMargins(Margins(ingest));
        var serves = train.IsAuto ? AutoChoice.With(train, AutoChoice.Load(work.Input(StageNames.Train, AutoChoice.FileName))) : train;
        var training = TrainingProgress.For(work.Context, TrainingProgress.TeachesRanker, serves.Algorithm, "what lies before the validation window");
        var model = new TrainStage(serves).Run(window.Train, training, content);
        Leftovers.Collect();
        var session = new ExactRetriever().Open(
            model.ScorerFor(window.Train, work.Context), new RetrievalRequest(diversify.Candidates, window.Train.Seen())
            {
                Users = Math.Min(window.Train.Users, Math.Max(rank.MaxUsers, diversify.Auto.MaxUsers)),
                Threads = work.Context.Threads,
            });
        var reviews = ReviewsStep.ReadMoments(work);
        var ranking = rank.Algorithm == RankOptions.None ? RankReport.Of("as configured")
            : allowSeen && rank.Algorithm == RankOptions.Auto
            ? RankReport.Of("Materialize:AllowSeen lets lists hold what users have, and a ranker learns only what is bought for the first time")
            : new RankLearning(
                window,
                RankedCandidates.Inputs(model, window.Train, window.Train, catalog, content, reviews, work.Context) with
                {
                    ForRevenue = rank.Objective == RankObjective.Revenue,
                },
                session.Retrieve, rank, work.Context)
            {
                Clicks = Clicks?.Read(window, ingest, work),
            }.Run(work.Output(RankReport.ModelFile));
        Tell(ranking, work);
        var order = RankedCandidates.Of(ranking, model, window.Train, window.Train, catalog, content, reviews, work.Context);
        var balance = diversify.Stated is { } stated
            ? BalanceReport.Of(stated, "as configured")
            : Balance(window, users => order(session.Retrieve(users)), model, catalog, content, work);
        (model as IDisposable)?.Dispose();
        return (ranking, balance);

        (RankReport, BalanceReport) Unmeasured(string why)
        {
            work.Context.Progress.Note($"rank: the model's own order serves: {why}");
            return (RankReport.Of(why), diversify.Stated is { } stated ? BalanceReport.Of(stated, "as configured") : Usual(work, why));
        }
    }

    /// <summary>By item, NaN where the table says none.</summary>
    private static double[] Margins(string ingest) =>
    [
        .. (IngestArtifacts.ReadAttributes(ingest, IngestArtifacts.ItemAttributes)?.Find("margin") ?? []).Select(
            text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double margin) ? margin : double.NaN),
    ];

    private BalanceReport Balance(
        HoldOut window, Func<int[], CandidateBlock> candidates, ITrainedModel model, Catalog catalog, ItemContent content, StageWork work)
    {
        var space = SimilaritySpace.Of(diversify, model.ItemEmbeddings, content, catalog);
        var measure = new BalanceMeasure(window, candidates, space.Items, catalog, diversify.Auto, work.Context);
        if (measure.Users.Length < Math.Max(1, diversify.Auto.MinUsers))
        {
            return Usual(
                work, $"{measure.Users.Length} users have something new to them in the validation window, fewer than Diversify:Auto:MinUsers = "
                + diversify.Auto.MinUsers.ToString(CultureInfo.InvariantCulture));
        }
        var mixes = CategoryMixes.Of(catalog, window.Train.ByUser);
        var settings = diversify.Auto.Settings(m => DiversifierCatalog.Works(m, space.Items, mixes));
        string ingest = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.NewItems))!;
        var rules = new ListRules(
            NewItemLimit.Of(diversify, window.Train, catalog, IngestArtifacts.ReadNewItems(ingest)), window.Train.Seen(), TitlePhrases.Of(catalog.Titles));
        var measured = measure.Run(
            settings, [.. settings.Select(s => new DiversifyStage(diversify.With(s), space.Items, catalog, rules, mixes))],
            new DiversifyStage(diversify.ByRelevance(), null, catalog, rules));
        if (measured[0].Figures["ndcg"] == 0) return Usual(work, "none of what was bought in the validation window is among the first of anybody's candidates");
        var report = BalanceChoice.Of(measured, diversify.Auto, ValidationWindow.Named(window), measure.Users.Length);
        Tell(report, work);
        return report;
    }

    private static BalanceReport Usual(StageWork work, string why)
    {
        work.Context.Progress.Note($"diversity: {DiversifyOptions.Usual.Name} serves: {why}");
        return BalanceReport.Of(DiversifyOptions.Usual, why);
    }

    private void Tell(RankReport report, StageWork work)
    {
        if (report.Trial is not { } trial)
        {
            work.Context.Progress.Note($"rank: the model's own order serves: {report.Why}");
            return;
        }
        string strongest = string.Join(
            ", ", report.Effects.Take(5).Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Name} {e.Effect:+0.00;-0.00;0.00}")));
        work.Context.Progress.Metric("rank.ndcg_change", trial.Change.Value);
        work.Context.Progress.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"rank: {(report.Ranker is null ? "the model's own order" : report.Algorithm)} serves: NDCG@{report.Cutoff} {report.Plain:0.0000} as the model "
            + $"ranks, {trial.Ndcg:0.0000} as {trial.Algorithm} does [{trial.Change.Low:+0.0000;-0.0000;0.0000}, "
            + $"{trial.Change.High:+0.0000;-0.0000;0.0000}], {report.Users} users{Later(report)}; {report.Why}"
            + $"{(strongest.Length == 0 ? "" : $"; a standard deviation more of a feature is worth{(report.IsOfTrees ? "" : " in log-odds")}: ")}{strongest}"));
        if (report.Objective is { } objective) Tell(objective, report, work);
        if (report.Clicks is { } clicks) Tell(clicks, report, work);
    }

    private static string Later(RankReport report) => report.Later is not { } later ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"; on what came after all that it learned from {later.Plain:0.0000} and {later.Ndcg:0.0000} [{later.Change.Low:+0.0000;-0.0000;0.0000}, "
        + $"{later.Change.High:+0.0000;-0.0000;0.0000}], {later.Users} users");

    private void Tell(ObjectiveTrial objective, RankReport report, StageWork work)
    {
        var (worth, times) = rank.Objective == RankObjective.Margin ? ("margin", "margin") : ("revenue", "price");
        string byPrices = objective is not { ByPrices: { } priced, ByPricesChange: { } change } ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $"; by prices they earn {priced:0.000}, {change.Value:+0.000;-0.000;0.000} [{change.Low:+0.000;-0.000;0.000}, {change.High:+0.000;-0.000;0.000}]");
        work.Context.Progress.Metric($"rank.{worth}_change", objective.RevenueChange.Value);
        work.Context.Progress.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"rank: the order is for {(report.Chances is null ? "purchases" : worth)}: by chance times {times} the first {report.Cutoff} places of a user "
            + $"earn {objective.Revenue:0.000} ({objective.Expected:0.000} expected), {objective.RevenueChange.Value:+0.000;-0.000;0.000} "
            + $"[{objective.RevenueChange.Low:+0.000;-0.000;0.000}, {objective.RevenueChange.High:+0.000;-0.000;0.000}] beside the order for purchases, and "
            + $"have NDCG {objective.Ndcg:0.0000}, {objective.NdcgChange.Value:+0.0000;-0.0000;0.0000} "
            + $"[{objective.NdcgChange.Low:+0.0000;-0.0000;0.0000}, {objective.NdcgChange.High:+0.0000;-0.0000;0.0000}]{byPrices}"));
    }

    private static void Tell(ClickTrial clicks, RankReport report, StageWork work)
    {
        var (held, change) = (clicks.Held, clicks.AgainstPurchases);
        string left = string.Join(", ", clicks.LeftOut.OrderByDescending(l => l.Value).Take(3).Select(l => $"{l.Key} {l.Value}"));
        work.Context.Progress.Metric("rank.clicks", clicks.Clicks);
        work.Context.Progress.Metric("rank.clicks_against_purchases", change.Value);
        work.Context.Progress.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"rank: learned from {clicks.Clicks} clicks on {clicks.Impressions} impressions of {clicks.Users} users, places looked at as rank^-"
            + $"{clicks.Decay.Value:0.00} [{clicks.Decay.Low:0.00}, {clicks.Decay.High:0.00}], {clicks.ClippedShare:0.0%} of the clicks cut to weight "
            + $"{clicks.MaxWeight:0}; on users that it did not learn from AUC of clicks {held.Auc:0.000} ({held.PlaceAuc:0.000} by the place alone), log loss "
            + $"{held.LogLoss:0.0000} ({held.PlaceLogLoss:0.0000}), {held.Expected:0} clicks expected; learned from purchases NDCG@{report.Cutoff} is "
            + $"{clicks.ByPurchases.Ndcg:0.0000}, by clicks {change.Value:+0.0000;-0.0000;0.0000} [{change.Low:+0.0000;-0.0000;0.0000}, "
            + $"{change.High:+0.0000;-0.0000;0.0000}] beside it{(left.Length == 0 ? "" : $"; rows left out: {left}")}"));
    }

    private static void Tell(BalanceReport report, StageWork work)
    {
        var (plain, best) = (report.Points[0], report.Points.First(p => p.Setting == report.Setting));
        string sides = string.Join(", ", ((string[])["ild", "coverage", "calibration_kl"]).Where(best.Figures.ContainsKey).Select(
            side => string.Create(CultureInfo.InvariantCulture, $"{side} {plain.Figures[side]:0.000} to {best.Figures[side]:0.000}")));
        work.Context.Progress.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"diversity: {report.Setting.Name} serves: NDCG@{report.Cutoff} {BalanceChoice.Relevance(plain):0.0000} to {best.Figures["ndcg"]:0.0000} "
            + $"[{best.Change.Low:+0.0000;-0.0000;0.0000}, {best.Change.High:+0.0000;-0.0000;0.0000}], {sides}, of {report.Users} users on the validation "
            + $"window; {report.Why}"));
    }
}
