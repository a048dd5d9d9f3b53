using System.Text.Json;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Runs.Delta;

/// <summary>
/// Job <c>delta</c>: the night's order without training. Ingest and embed run as in a night and carry its state on; model and evaluation are those of the
/// published version; neighbors are found again where the catalog or its texts changed, and places made again where log, catalog or texts did; lists are
/// made for users whose history changed, and kept for the others; publish has its gate and its switch.
/// </summary>
internal static class DeltaGraph
{
    /// <exception cref="Errors.RunFailedException">There is no night to go on from.</exception>
    public static StageGraph Of(PipelineOptions options, OutputFolder output, IRunLedger ledger)
    {
        var from = DeltaBase.Find(output.Store, new RunFolders(options.Publish.Path));
        // Places are diversified as the configuration says, in a night and between two alike.
        var configured = options.Diversify;
        (options, var waiting) = AsDrawn(options, from);
        var reader = ParquetFiles.Reader();
        var suppressed = SuppressionList.OpenIfAny(output.Path, options.Privacy);
        return new StageGraph(
        [
            new IngestStep(options.Ingest, reader, ParquetFiles.Writer(), ledger, suppressed)
            {
                Between = true,
                EarlierWindows = options.Train.EarlierWindows,
                Remarks = IdleOptions.Of(options),
            },
            new EmbedStep(options.Embed, reader, options.Ingest.StripDecimalZero) { EarlierWindows = options.Train.EarlierWindows },
            .. PipelineGraph.Reviews(options, suppressed, between: true),
            new ReusedStage(new TrainStep(options.Train, reader, options.Ingest.StripDecimalZero), from),
            new ReusedStage(PipelineGraph.Rank(options), from),
            new ReusedStage(PipelineGraph.Evaluate(options, output.Store), from),
            new NeighborsStep(options.Neighbors, options.Privacy, output.Path),
            new PlacesStep(options, configured, reader, ParquetFiles.Writer()),
            .. PipelineGraph.Forecast(options),
            new MaterializeDeltaStep(
                options.Materialize, options.Diversify,
                PipelineGraph.Materialize(options, output.Path, shards: null, published: output.Store, suppressed: suppressed), from)
            {
                Waiting = waiting,
            },
            new PublishStep(options, output, ParquetFiles.Writer()) { Base = from.Version, IsBase = from.IsEqual },
        ]);
    }

    /// <summary>A version has one policy: lists that are made beside kept ones are drawn as those were, or not at all.</summary>
    /// <returns>The options, and the keys whose change waits for the night.</returns>
    private static (PipelineOptions Options, IReadOnlyList<string> Waiting) AsDrawn(PipelineOptions options, DeltaBase from)
    {
        bool drawn = from.Policy() is not null;
        // What the night's stage rank wrote down is of a night that had something to choose.
        if (options.Diversify.Stated is null && from.Diversify().Stated is { } stated) options = options.With(options.Diversify.With(stated));
        if (!drawn && !options.Diversify.Explore.Enabled) return (options, []);
        var wanted = CanonicalJson.ToNode(options.Diversify)!;
        var (diversify, before) = (wanted.Deserialize<DiversifyOptions>(CanonicalJson.Options)!, from.Diversify());
        diversify.Explore = before.Explore;
        if (drawn)
        {
            (diversify.Method, diversify.Lambda, diversify.LambdaByTaste) = (before.Method, before.Lambda, before.LambdaByTaste);
            (diversify.Space, diversify.Mix, diversify.Window) = (before.Space, before.Mix, before.Window);
        }
        return (
            options.With(diversify),
            [.. CanonicalJson.Differences(wanted, CanonicalJson.ToNode(diversify)).Select(key => $"{nameof(PipelineOptions.Diversify)}:{key}")]);
    }
}
