using System.Globalization;
using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Retrieve;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Runs.Nightly.Balance;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Imported;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Rank in the night: on the validation window, by the serving model as it was before that window, chooses how lists are diversified. Nothing of it is done where
/// the configuration leaves nothing to choose.
/// </summary>
internal sealed class RankStep(TrainOptions train, DiversifyOptions diversify) : IRunStage
{
    public string Name => StageNames.Rank;

    public string CodeVersion => "1";

    public IReadOnlyList<StageInput> Inputs => diversify.Stated is not null ? [] :
    [
        new StageInput(StageNames.Ingest, IngestArtifacts.Validation, IngestArtifacts.Catalog, IngestArtifacts.NewItems),
        new StageInput(StageNames.Embed, EmbedArtifacts.Content, EmbedArtifacts.Categories),
        new StageInput(StageNames.Train, [ServingModel.FileName, .. train.IsAuto ? [AutoChoice.FileName] : Array.Empty<string>()]),
    ];

    public JsonNode? Options => diversify.Stated is { } stated
        ? OptionSections.Of((nameof(PipelineOptions.Diversify), stated))
        : OptionSections.Of((nameof(PipelineOptions.Diversify), diversify), (nameof(PipelineOptions.Train), train));

    /// <summary>The options with what serves tonight: what they state, else what was chosen.</summary>
    public static DiversifyOptions Serving(DiversifyOptions diversify, StageWork work) => diversify.Stated is not null
        ? diversify
        : diversify.With(BalanceReport.Read(work.Input(StageNames.Rank, BalanceReport.FileName)).Setting);

    public Task RunAsync(StageWork work)
    {
        var report = diversify.Stated is { } stated ? BalanceReport.Of(stated, "as configured") : Choose(work);
        report.Save(work.Output(BalanceReport.FileName));
        work.Facts["diversify"] = report.Setting.Name;
        return Task.CompletedTask;
    }

    private BalanceReport Choose(StageWork work)
    {
        if (train.Algorithm == ImportedTrainer.Name)
            return Unmeasured(work, "the model was trained elsewhere, so there is none that has not seen the validation window");
        string ingest = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Validation))!;
        var window = IngestArtifacts.ReadValidation(ingest);
        if (window.Train.Count == 0) return Unmeasured(work, "the log is too small for a validation window");
        var (catalog, content) = (EmbedStep.Catalog(work), EmbedStep.Content(work));
        var serves = train.IsAuto ? AutoChoice.With(train, AutoChoice.Load(work.Input(StageNames.Train, AutoChoice.FileName))) : train;
        var model = new TrainStage(serves).Run(window.Train, work.Context, content);
        var space = SimilaritySpace.Of(diversify, model.ItemEmbeddings, content, catalog.Available);
        var seen = window.Train.Seen();
        var session = new ExactRetriever().Open(model.ScorerFor(window.Train, work.Context), new RetrievalRequest(diversify.Candidates, seen, null));
        var measure = new BalanceMeasure(window, session.Retrieve, space.Items, catalog, diversify.Auto, work.Context);
        if (measure.Users.Length < Math.Max(1, diversify.Auto.MinUsers))
        {
            return Unmeasured(
                work, $"{measure.Users.Length} users have something new to them in the validation window, fewer than Diversify:Auto:MinUsers = "
                + diversify.Auto.MinUsers.ToString(CultureInfo.InvariantCulture));
        }
        var mixes = new CategoryMixes(new CategoryPaths(catalog), window.Train.ByUser);
        var settings = diversify.Auto.Settings(m => DiversifierCatalog.Works(m, space.Items, mixes));
        var rules = new ListRules(NewItemLimit.Of(diversify, window.Train, catalog, IngestArtifacts.ReadNewItems(ingest)), seen);
        var report = BalanceChoice.Of(
            measure.Run(settings, [.. settings.Select(s => new DiversifyStage(diversify.With(s), space.Items, catalog, rules, mixes))]),
            diversify.Auto, ValidationWindow.Named(window), measure.Users.Length);
        (model as IDisposable)?.Dispose();
        Tell(report, work);
        return report;
    }

    private static BalanceReport Unmeasured(StageWork work, string why)
    {
        work.Context.Progress.Note($"diversity: {DiversifyOptions.Usual.Name} serves: {why}");
        return BalanceReport.Of(DiversifyOptions.Usual, why);
    }

    private static void Tell(BalanceReport report, StageWork work)
    {
        var (plain, best) = (report.Points[0], report.Points.First(p => p.Setting == report.Setting));
        string sides = string.Join(", ", ((string[])["ild", "coverage", "calibration_kl"]).Where(best.Figures.ContainsKey).Select(
            side => string.Create(CultureInfo.InvariantCulture, $"{side} {plain.Figures[side]:0.000} to {best.Figures[side]:0.000}")));
        work.Context.Progress.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"diversity: {report.Setting.Name} serves: NDCG@{report.Cutoff} {plain.Figures["ndcg"]:0.0000} to {best.Figures["ndcg"]:0.0000} "
            + $"[{best.Change.Low:+0.0000;-0.0000}, {best.Change.High:+0.0000;-0.0000}], {sides}, of {report.Users} users on the validation window; {report.Why}"));
    }
}
