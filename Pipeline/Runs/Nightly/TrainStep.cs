using System.Globalization;
using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Ingest.Tables;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Auto;
using Recsys.Batch.Pipeline.Train.Disliked;
using Recsys.Batch.Pipeline.Train.Hybrid;
using Recsys.Batch.Pipeline.Train.Imported;
using Recsys.Batch.Pipeline.Train.Linear;
using Recsys.Batch.Pipeline.Train.Trend;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Train in the night: the serving model on everything, and, on what lies before the hold-out's cut, that model again with the baselines. One model at a
/// time is in memory. A model whose factors come from elsewhere is on the hold-out only where it has factors for it.
/// </summary>
internal sealed class TrainStep(TrainOptions options, IParquetReader reader, bool stripDecimalZero) : ICarryingStage
{
    public const string Serving = "model.bin";
    public const string HoldOutFolder = "holdout";

    /// <summary>What serves until tonight, for the race; null where nothing is asked for it.</summary>
    public PublishedChoice? Last { get; init; }

    /// <summary>The user table, by whose columns popularity may go; null where there is none.</summary>
    public UserSourceOptions? Users { get; init; }

    public string Name => StageNames.Train;

    public string CodeVersion => "4";

    public IReadOnlyList<StageInput> Inputs =>
    [
        // Only factors from elsewhere ask for ids.
        new StageInput(
            StageNames.Ingest,
            [
                IngestArtifacts.Interactions, IngestArtifacts.HoldOut,
                .. IsImported ? [IngestArtifacts.Users, IngestArtifacts.Items] : options.IsAuto
                    ? (string[])[IngestArtifacts.Validation, .. IngestArtifacts.Earlier(options.EarlierWindows)] : [],
                .. AsksForUsers ? UserColumns.Inputs(Users) : [],
            ]),
        new StageInput(StageNames.Embed, EmbedArtifacts.Content),
    ];

    public JsonNode? Options => IsImported
        ? OptionSections.Of((nameof(PipelineOptions.Train), options), (nameof(PipelineOptions.Ingest), new { StripDecimalZero = stripDecimalZero }))
        : OptionSections.Of((nameof(PipelineOptions.Train), options));

    private bool AsksForUsers => UserColumns.Serve(options);

    private bool IsImported => options.Algorithm == ImportedTrainer.Name;

    public IReadOnlyDictionary<string, string> Sources() =>
        IsImported ? FactorImport.Fingerprints(options.Imported, reader) : System.Collections.Immutable.ImmutableDictionary<string, string>.Empty;

    public IReadOnlyDictionary<string, string> Carried(string? runId) =>
        Last?.Carried(runId) ?? System.Collections.Immutable.ImmutableDictionary<string, string>.Empty;

    public Task RunAsync(StageWork work)
    {
        string ingest = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Interactions))!;
        var users = AsksForUsers ? UserColumns.Read(Users, ingest) : null;
        if (IngestArtifacts.PairsBeforeHoldOut(ingest) == 0)
        {
            throw new RunFailedException(
                "the log is too small to hold anything out: no interaction lies before the test window; expected at least a few pairs of user and item, "
                + "or look at Ingest:HoldOut");
        }
        var content = EmbedStep.Content(work);
        var serves = options.IsAuto ? Chosen(ingest, users, content, work) : options;
        var stage = new TrainStage(serves);
        var import = IsImported
            ? new FactorImport(options.Imported, IngestArtifacts.ReadUsers(ingest), IngestArtifacts.ReadItems(ingest), reader, stripDecimalZero)
            : null;
        Serve(stage, serves.Algorithm, IngestArtifacts.ReadInteractions(ingest).WithUsers(users), import, content, work);
        // Not before, so that it does not lie in memory while the serving model is trained.
        var holdOut = IngestArtifacts.ReadHoldOut(ingest);
        var before = holdOut.Train.WithUsers(users);
        int number = 0;
        bool measurable = import is null || options.Imported.HoldOut.IsGiven;
        var parts = new List<string>();
        var factors = measurable ? import?.HoldOut(before, work.Context) : null;
        if (measurable)
        {
            var serving = stage.Run(before, For(TrainingProgress.IsMeasured, serves.Algorithm), content, factors);
            SaveHeldOut(serving);
            // What a trend, dislikes and texts bring is seen beside the same model without them.
            for (var part = PartOf(serving); part is not null; part = PartOf(part))
            {
                SaveHeldOut(part);
                parts.Add(part.Algorithm);
            }
            (serving as IDisposable)?.Dispose();
        }
        var later = factors is null ? null : ImportedGate.Later(holdOut, factors);
        new ServingModel(serves.Algorithm, measurable, options.Imported.PublishUnevaluated, later, parts)
            .Save(work.Output(ServingModel.FileName));
        foreach (string algorithm in (measurable || options.Baselines.Count > 0 ? options.Baselines : [PopularityTrainer.Name])
            .Where(b => b != serves.Algorithm)
            .Distinct(StringComparer.Ordinal))
        {
            work.Context.Cancellation.ThrowIfCancellationRequested();
            var baseline = stage.Run(algorithm, before, For(TrainingProgress.Compares, algorithm), content);
            SaveHeldOut(baseline);
            (baseline as IDisposable)?.Dispose();
        }
        return Task.CompletedTask;

        StageContext For(string purpose, string algorithm) =>
            TrainingProgress.For(work.Context, purpose, algorithm, "what lies before the hold-out");

        // Numbered, so that the serving model comes first in the order of names.
        void SaveHeldOut(ITrainedModel model) =>
            Save(model, work.Output(string.Create(CultureInfo.InvariantCulture, $"{HoldOutFolder}/{number++:D2}-{model.Algorithm}.bin")));
    }

    /// <summary>The same model without its trend, its dislikes or its texts, whichever comes first; null where it has none of them.</summary>
    private static ITrainedModel? PartOf(ITrainedModel model) => model switch
    {
        TrendModel trend => trend.Model,
        DislikedModel disliked => disliked.Model,
        HybridModel hybrid => hybrid.Interactions,
        _ => null,
    };

    /// <summary>What a race on the window before the test window says.</summary>
    private TrainOptions Chosen(string ingest, AttributeTable? users, ItemContent content, StageWork work)
    {
        var window = IngestArtifacts.ReadValidation(ingest);
        window = window with { Train = window.Train.WithUsers(users) };
        if (Last?.LeftOut is { } left) work.Context.Progress.Note(left);
        var (serving, report) = AutoChoice.Of(
            options, window, ValidationWindow.Named(window), content, work.Context, PublishedChoice.Read(work.Carried),
            [.. IngestArtifacts.ReadEarlier(ingest, options.EarlierWindows).Select(w => w with { Train = w.Train.WithUsers(users) })]);
        AutoChoice.Save(report, work.Output(AutoChoice.FileName));
        if (report.Best is { } best) work.Facts["auto"] = best.Model;
        if (report.Best is not null && serving.Algorithm == PopularityTrainer.Name) work.Check([NotPersonal(report.Best, report.Why)]);
        return serving;
    }

    /// <summary>A shop is not left without lists, and hears that they are not personal.</summary>
    private static ConstraintResult NotPersonal(AutoTrial serves, string why) => new(
        "model", "personal", ConstraintLevel.Warn, serves.Ndcg.Value, "warn where popularity serves", $"{serves.Model} serves: {why}");

    private static void Serve(
        TrainStage stage, string algorithm, InteractionMatrix interactions, FactorImport? import, ItemContent content, StageWork work)
    {
        var context = TrainingProgress.For(work.Context, TrainingProgress.Serves, algorithm, "everything");
        var model = stage.Run(interactions, context, content, import?.Serving(interactions, work.Context));
        Save(model, work.Output(Serving));
        (model as IDisposable)?.Dispose();
        Leftovers.Collect();
    }

    private static void Save(ITrainedModel model, string path)
    {
        using var to = new ArtifactWriter(path);
        TrainedModels.Save(model, to);
        to.Complete();
    }
}
