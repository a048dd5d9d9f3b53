using System.Globalization;
using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Experiment;
using Recsys.Batch.Pipeline.Explain;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Forecast;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Neighbors;
using Recsys.Batch.Pipeline.Places;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Rank;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Ensemble;
using Recsys.Batch.Pipeline.Train.Ratings;
using Recsys.Batch.Pipeline.Train.Tune;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>All sections of a night's configuration, in the order of the night; the property's name is the section's.</summary>
internal sealed class PipelineOptions
{
    public IngestOptions Ingest { get; set; } = new();

    public EmbedOptions Embed { get; set; } = new();

    public TrainOptions Train { get; set; } = new();

    public TuneOptions Tune { get; set; } = new();

    public RankOptions Rank { get; set; } = new();

    public EvaluateOptions Evaluate { get; set; } = new();

    public NeighborsOptions Neighbors { get; set; } = new();

    public PlacesOptions Places { get; set; } = new();

    public ForecastOptions Forecast { get; set; } = new();

    public MaterializeOptions Materialize { get; set; } = new();

    public DiversifyOptions Diversify { get; set; } = new();

    public RulesOptions Rules { get; set; } = new();

    public SweepOptions Sweep { get; set; } = new();

    public ExplainOptions Explain { get; set; } = new();

    public ListsGateOptions ListsGate { get; set; } = new();

    public PublishOptions Publish { get; set; } = new();

    public FeedbackOptions Feedback { get; set; } = new();

    public ExperimentOptions Experiment { get; set; } = new();

    public PrivacyOptions Privacy { get; set; } = new();

    public RunsOptions Runs { get; set; } = new();

    /// <summary>Every section under its name, for binding and printing.</summary>
    public IReadOnlyDictionary<string, IStageOptions> Sections() => new Dictionary<string, IStageOptions>(StringComparer.Ordinal)
    {
        [nameof(Ingest)] = Ingest,
        [nameof(Embed)] = Embed,
        [nameof(Train)] = Train,
        [nameof(Tune)] = Tune,
        [nameof(Rank)] = Rank,
        [nameof(Evaluate)] = Evaluate,
        [nameof(Neighbors)] = Neighbors,
        [nameof(Places)] = Places,
        [nameof(Forecast)] = Forecast,
        [nameof(Materialize)] = Materialize,
        [nameof(Diversify)] = Diversify,
        [nameof(Rules)] = Rules,
        [nameof(Sweep)] = Sweep,
        [nameof(Explain)] = Explain,
        [nameof(ListsGate)] = ListsGate,
        [nameof(Publish)] = Publish,
        [nameof(Feedback)] = Feedback,
        [nameof(Experiment)] = Experiment,
        [nameof(Privacy)] = Privacy,
        [nameof(Runs)] = Runs,
    };

    /// <summary>The same options with another section <c>Diversify</c>.</summary>
    internal PipelineOptions With(DiversifyOptions diversify)
    {
        var copy = (PipelineOptions)MemberwiseClone();
        copy.Diversify = diversify;
        return copy;
    }

    /// <summary>Puts the end of the run's day where <see cref="IngestOptions.AsOf"/> says <c>today</c>.</summary>
    public void ResolveDay(TimeProvider time)
    {
        if (Ingest.AsOf == IngestOptions.Today)
            Ingest.AsOf = time.GetUtcNow().UtcDateTime.Date.AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    /// <param name="job">The job that will run: feedback and forget read no event logs, so they need not be configured for them.</param>
    /// <exception cref="ConfigurationException">One message with every fault of every section, each under its key's path.</exception>
    public void Validate(string job = RunRequest.Nightly)
    {
        var faults = new List<string>();
        foreach (var (name, section) in Sections().Where(s => job is not (StageNames.Feedback or StageNames.Forget) || s.Key != nameof(Ingest)))
        {
            var check = new OptionsCheck(name);
            section.Validate(check);
            faults.AddRange(check.Faults);
        }
        if (Privacy.Epsilon is not null && Ingest.AvailableDays > 0)
        {
            faults.Add(
                $"Ingest:AvailableDays is {Ingest.AvailableDays.ToString(CultureInfo.InvariantCulture)}; expected 0 where Privacy:Epsilon is set: "
                + "one purchase would decide whether everybody sees an item");
        }
        if (Privacy.Epsilon is not null && !Embed.Tuning.IsOff)
        {
            faults.Add(
                $"Embed:Tuning:Use is {Embed.Tuning.Use}; expected Off where Privacy:Epsilon is set: texts' vectors would be of what customers bought, without "
                + "noise");
        }
        if (Experiment.HasControl && Diversify.Explore.Enabled)
        {
            faults.Add(
                $"Experiment:ControlShare is {Experiment.ControlShare.ToString(CultureInfo.InvariantCulture)} and Diversify:Explore:Enabled is true; "
                + "expected one of the two: lists of the control group are not drawn among lambdas, and job feedback would take them for such");
        }
        if (Ingest.Ratings != RatingUse.Values && job is not (StageNames.Feedback or StageNames.Forget))
        {
            (string Key, string Name)[] named =
            [
                ("Train:Algorithm", Train.Algorithm), .. Train.Baselines.Select((b, i) => ($"Train:Baselines:{i}", b)),
                .. Train.Algorithm == EnsembleTrainer.Name
                    ? Train.Ensemble.Members.Select(m => ($"Train:Ensemble:Members:{m.Key}:Algorithm", m.Value.Algorithm)) : [],
                .. Train.Auto.Algorithms.Select((a, i) => ($"Train:Auto:Algorithms:{i}", a)), .. Tune.Algorithms.Select((a, i) => ($"Tune:Algorithms:{i}", a)),
            ];
            faults.AddRange(named.Where(n => n.Name == AlsRatingsTrainer.Name).Select(
                n => $"{n.Key} is '{n.Name}', which fits ratings, and Ingest:Ratings is {Ingest.Ratings}; expected {RatingUse.Values}"));
        }
        if (Train.Popularity.Segment is { Length: > 0 } column && job is not (StageNames.Feedback or StageNames.Forget))
        {
            string[] known = Ingest.Users is { } users ? [users.Segment ?? "", .. users.Attributes] : [];
            if (!known.Contains(column, StringComparer.OrdinalIgnoreCase))
            {
                faults.Add(
                    $"Train:Popularity:Segment is '{column}'; expected a column of the user table "
                    + (known.Length == 0 ? "(Ingest:Users, which is not configured)" : $"(Ingest:Users:Segment and Attributes): {string.Join(", ", known)}"));
            }
        }
        if (Rank.Objective == RankObjective.Margin && string.IsNullOrWhiteSpace(Ingest.Items?.Columns.Margin)
            && job is not (StageNames.Feedback or StageNames.Forget))
        {
            faults.Add(
                "Rank:Objective is Margin, and Ingest:Items:Columns:Margin is empty; expected the column of the item table that holds what the shop keeps of "
                + "a piece");
        }
        if (Rank.LearnsFromClicks && job is not (StageNames.Feedback or StageNames.Forget) && MissingOfClicks() is { } found)
        {
            faults.Add(
                $"Rank:Learn is Clicks, and {found}; expected logs of impressions and clicks with the place and time of each (docs/feedback.md), or "
                + "Rank:Learn=Purchases");
        }
        if (faults.Count > 0) throw new ConfigurationException(string.Join(Environment.NewLine, faults));
    }

    /// <summary>
    /// What learning from clicks lacks; null: nothing. Of a log of clicks without times, what they were clicks on would pass for what nobody wanted.
    /// </summary>
    private string? MissingOfClicks() =>
        !Ingest.Events.Exists(e => e.Columns.Time is not null) ? "no log of Ingest:Events has a column Time, so there is no window that impressions lie in"
        : Feedback.Logs.Count == 0 ? "Feedback:Logs is empty"
        : !Feedback.Logs.Exists(l => l.Columns.Rank is not null) ? "no log of Feedback:Logs has Columns:Rank"
        : Feedback.Logs.FindIndex(l => l.Columns.Time is null) is var log and >= 0 ? $"Feedback:Logs:{log} has no Columns:Time"
        : null;
}
