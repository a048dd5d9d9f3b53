using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Ingest.Tables;
using Recsys.Batch.Pipeline.Retrieve;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Tune;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Job <c>tune</c>: searches the options of train on the validation window, the one before the hold-out that evaluate reports, by NDCG on pairs new to the
/// user. No part of the night; it leaves what it found as a configuration file.
/// </summary>
internal sealed class TuneStep(TuneOptions tune, TrainOptions train, EvaluateOptions evaluate) : IRunStage
{
    /// <summary>All trials.</summary>
    public const string Report = "tune.json";

    /// <summary>The best settings, to be given with <c>--config</c>.</summary>
    public const string Best = "best.json";

    private static readonly JsonSerializerOptions Json = new(CanonicalJson.Options) { WriteIndented = true };

    /// <summary>The user table, by whose columns popularity may go; null where there is none.</summary>
    public UserSourceOptions? Users { get; init; }

    public string Name => StageNames.Tune;

    public string CodeVersion => "1";

    public bool OnDemand => true;

    public IReadOnlyList<StageInput> Inputs =>
    [
        new StageInput(StageNames.Ingest, [IngestArtifacts.Validation, .. IngestArtifacts.Earlier(train.EarlierWindows), .. UserColumns.Inputs(Users)]),
        new StageInput(StageNames.Embed, EmbedArtifacts.Content),
    ];

    public JsonNode? Options => OptionSections.Of(
        (nameof(PipelineOptions.Tune), tune), (nameof(PipelineOptions.Train), train),
        (nameof(PipelineOptions.Evaluate), new { Cutoff = evaluate.Cutoffs[0], evaluate.MaxUsers }));

    public Task RunAsync(StageWork work)
    {
        string ingest = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Validation))!;
        var holdOut = WithUsers(IngestArtifacts.ReadValidation(ingest), ingest);
        if (train.IsAuto && tune.Algorithms.Count == 0 && tune.Space.Count == 0)
        {
            Race(holdOut, work);
            return Task.CompletedTask;
        }
        var start = train.IsAuto ? Named() : train;
        // One figure is asked for, so nothing else is measured.
        var measure = new EvaluateStage(new EvaluateOptions
        {
            Cutoffs = [evaluate.Cutoffs[0]],
            MaxUsers = evaluate.MaxUsers,
            AllPairs = false,
            ColdAmongCold = false,
            AucUsers = 0,
            OverlapPairs = 0,
            Replicates = 100,
        });
        string metric = $"ndcg@{evaluate.Cutoffs[0]}";
        var quiet = work.Context with { Progress = NoProgress.Instance };

        var report = new Tuner(tune, start).Run(holdOut.Train, Score, work.Context, EmbedStep.Content(work));
        AtomicFile.WriteText(work.Output(Report), JsonSerializer.Serialize(report, Json) + "\n");
        AtomicFile.WriteText(work.Output(Best), Settings(Found(report.Best)).ToJsonString(Json) + "\n");
        if (report.Best is { } best)
        {
            work.Facts["best"] = string.Join(' ', report.BestAssignments);
            work.Context.Progress.Metric($"tune.{metric}", best.Score);
            work.Context.Progress.Note(string.Create(CultureInfo.InvariantCulture,
                $"best of {report.Trials.Count} trainings: {metric} {best.Score:0.0000} with "
                + $"{(best.Settings.Count == 0 ? "the configuration as it stands" : string.Join(", ", report.BestAssignments))}; "
                + $"use it with --config {work.Output(Best)}"));
        }
        return Task.CompletedTask;

        double Score(ITrainedModel model) =>
            measure.Run(new EvaluateInputs(holdOut, [new EvaluatedModel(model.Algorithm, model.ScorerFor(holdOut.Train, quiet))], new ExactRetriever()), quiet)
                .Find(model.Algorithm, Slices.New, metric)?.Value ?? double.NaN;
    }

    /// <summary>A search starts from one algorithm: the first that is named, or the one whose options vary.</summary>
    private TrainOptions Named()
    {
        var of = train.Trainers().FirstOrDefault(t => tune.Space.Keys.Any(key => key.StartsWith(t.Section + ":", StringComparison.Ordinal)));
        string name = tune.Algorithms.Count > 0 ? tune.Algorithms[0] : of.Options?.Definition.Name ?? AlsTrainer.Name;
        return OptionPath.With(train, new Dictionary<string, string> { [nameof(TrainOptions.Algorithm)] = name });
    }

    /// <summary>What was found, with the algorithm where the configuration leaves that to a race.</summary>
    private SortedDictionary<string, string> Found(TuneTrial? best)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (best is null) return found;
        if (train.IsAuto) found[nameof(TrainOptions.Algorithm)] = Named().Algorithm;
        foreach (var (key, value) in best.Settings) found[key] = value;
        return found;
    }

    private HoldOut WithUsers(HoldOut window, string ingest) => window with { Train = window.Train.WithUsers(UserColumns.Read(Users, ingest)) };

    /// <summary>With <c>Train:Algorithm=auto</c> the same race as in a night, whose outcome can be kept.</summary>
    private void Race(HoldOut holdOut, StageWork work)
    {
        var options = tune.Minutes > 0
            ? OptionPath.With(train, new Dictionary<string, string> { ["Auto:Minutes"] = tune.Minutes.ToString(CultureInfo.InvariantCulture) })
            : train;
        string ingest = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Validation))!;
        var (_, report) = AutoChoice.Of(
            options, holdOut, "the one before the hold-out", EmbedStep.Content(work), work.Context, last: null,
            [.. IngestArtifacts.ReadEarlier(ingest, options.EarlierWindows).Select(w => WithUsers(w, ingest))]);
        AutoChoice.Save(report, work.Output(AutoChoice.FileName));
        AtomicFile.WriteText(work.Output(Best), Settings(report.Settings).ToJsonString(Json) + "\n");
        work.Facts["best"] = string.Join(' ', report.Assignments);
        work.Context.Progress.Note($"use it with --config {work.Output(Best)}");
    }

    /// <summary><c>Ease:Regularization</c> becomes nested objects under <c>Train</c>.</summary>
    private static JsonObject Settings(IReadOnlyDictionary<string, string> settings)
    {
        var root = new JsonObject();
        foreach (var (key, value) in settings)
        {
            var parts = $"{nameof(PipelineOptions.Train)}:{key}".Split(':');
            var node = root;
            foreach (string part in parts[..^1]) node = (JsonObject)(node[part] ??= new JsonObject());
            node[parts[^1]] = value;
        }
        return root;
    }
}
