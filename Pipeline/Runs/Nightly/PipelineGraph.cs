using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Runs.Nightly.Rank;
using Recsys.Batch.Pipeline.Runs.Shards;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>The night's order. The only place that knows it.</summary>
internal static class PipelineGraph
{
    /// <param name="shards">Shares materialize with other hosts; null makes all of it here.</param>
    /// <param name="between">The run ends with ingest, which reads ahead of the night.</param>
    public static StageGraph Of(PipelineOptions options, OutputFolder output, IRunLedger ledger, ShardCoordinator? shards, bool between = false) =>
        Of(options, output, ledger, shards, between, SuppressionList.OpenIfAny(output.Path, options.Privacy));

    private static StageGraph Of(
        PipelineOptions options, OutputFolder output, IRunLedger ledger, ShardCoordinator? shards, bool between, SuppressionList? suppressed) => new(
    [
        new IngestStep(options.Ingest, ParquetFiles.Reader(), ParquetFiles.Writer(), ledger, suppressed)
        {
            Between = between,
            EarlierWindows = options.Train.EarlierWindows,
            Remarks = IdleOptions.Of(options),
        },
        new EmbedStep(options.Embed, ParquetFiles.Reader(), options.Ingest.StripDecimalZero) { EarlierWindows = options.Train.EarlierWindows },
        .. Reviews(options, suppressed),
        new TuneStep(options.Tune, options.Train, options.Evaluate) { Users = options.Ingest.Users },
        new TuneEncoderStep(options.Embed),
        new TrainStep(options.Train, ParquetFiles.Reader(), options.Ingest.StripDecimalZero)
        {
            Last = new PublishedChoice(options.Train, output.Store, new RunFolders(output.Path)),
            Users = options.Ingest.Users,
        },
        Rank(options, suppressed),
        Evaluate(options, output.Store),
        new SweepStep(options.Sweep, options.Diversify, options.Evaluate, options.Materialize) { HasReviews = ReviewsStep.IsIn(options) },
        new NeighborsStep(options.Neighbors, options.Privacy, output.Path),
        new PlacesStep(options, options.Diversify, ParquetFiles.Reader(), ParquetFiles.Writer()),
        .. Forecast(options),
        Materialize(options, output.Path, shards, new CurrentPolicy(options, output.Path), output.Store, suppressed),
        new PublishStep(options, output, ParquetFiles.Writer()),
        new FeedbackStep(options.Feedback, output, ParquetFiles.Reader(), ParquetFiles.Writer(), ledger, suppressed),
        new ExperimentStep(options, output, ParquetFiles.Reader(), suppressed),
    ]);

    /// <summary>The stage where there is a table of reviews.</summary>
    /// <param name="between">See <see cref="ReviewsStep.Between"/>.</param>
    public static IEnumerable<IRunStage> Reviews(PipelineOptions options, SuppressionList? suppressed, bool between = false) =>
        ReviewsStep.IsIn(options) ? [new ReviewsStep(options, ParquetFiles.Reader(), suppressed) { Between = between }] : [];

    /// <param name="suppressed">Users who asked to be forgotten; null where nobody did, and where nothing is learned.</param>
    public static RankStep Rank(PipelineOptions options, SuppressionList? suppressed = null) =>
        new(options.Train, options.Rank, options.Diversify, options.Materialize.AllowSeen)
        {
            HasReviews = ReviewsStep.IsIn(options),
            Clicks = options.Rank.LearnsFromClicks ? new ClickLogReader(options.Feedback, ParquetFiles.Reader(), suppressed) : null,
            Users = options.Ingest.Users,
        };

    public static EvaluateStep Evaluate(PipelineOptions options, IOutputStore published) =>
        new(options.Evaluate, options.Diversify, options.Ingest, published) { HasReviews = ReviewsStep.IsIn(options) };

    /// <summary>The stage where it is asked for.</summary>
    public static IEnumerable<IRunStage> Forecast(PipelineOptions options) =>
        options.Forecast.Enabled ? [new ForecastStep(options.Forecast, options.Privacy, ParquetFiles.Writer())] : [];

    /// <summary>The stage that workers on other hosts open too, from the same options.</summary>
    /// <param name="output">The output folder.</param>
    /// <param name="policy">Null on a worker: it takes the policy that the run's host wrote down.</param>
    /// <param name="published">Null on a worker, likewise.</param>
    /// <param name="suppressed">Users who asked to be forgotten; null where nobody did, and on a worker.</param>
    public static MaterializeStep Materialize(
        PipelineOptions options, string output, ShardCoordinator? shards, CurrentPolicy? policy = null, IOutputStore? published = null,
        SuppressionList? suppressed = null) =>
        new(options.Materialize, options.Diversify, options.Explain, options.Privacy, output)
        {
            Shards = shards,
            Policy = policy,
            Users = options.Ingest.Users,
            HasReviews = ReviewsStep.IsIn(options),
            HasForecast = options.Forecast.Enabled,
            Rules = new NightRules(options.Rules, options.Ingest),
            Control = DrawnControl.Of(options, output),
            Freshness = new ListFreshness(options.Materialize, options.Feedback, published, suppressed),
        };
}
