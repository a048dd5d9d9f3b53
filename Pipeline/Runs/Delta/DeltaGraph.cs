using System.Text.Json;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Runs.Delta;

/// <summary>
/// Job <c>delta</c>: the night's order without training. Ingest and embed run as in a night and carry its state on; model and evaluation are those of the published version; neighbors are
/// found anew where the catalog or its texts changed; lists are made for users whose history changed, and kept for the others; publish has its gate and its switch.
/// </summary>
internal static class DeltaGraph
{
    /// <exception cref="Errors.RunFailedException">There is no night to go on from.</exception>
    public static StageGraph Of(NightOptions options, OutputFolder output, IRunLedger ledger)
    {
        var from = DeltaBase.Find(output.Store, new RunFolders(options.Publish.Path));
        options = Exploring(options, from.Policy() is not null);
        var reader = ParquetFiles.Reader();
        return new StageGraph(
            new IngestNight(options.Ingest, reader, ParquetFiles.Writer(), ledger) { Between = true },
            new EmbedNight(options.Embed, reader, options.Ingest.StripDecimalZero),
            new TakenStage(new TrainNight(options.Train, reader, options.Ingest.StripDecimalZero), from),
            new TakenStage(new EvaluateNight(options.Evaluate, options.Diversify, output.Store), from),
            new NeighborsNight(options.Neighbors),
            new MaterializeDelta(options.Materialize, NightGraph.Materialize(options, shards: null), from),
            new PublishNight(options, output, ParquetFiles.Writer()) { Base = from.Version });
    }

    /// <summary>A version has one policy: lists that are made beside kept ones are drawn by theirs, or by none.</summary>
    private static NightOptions Exploring(NightOptions options, bool on)
    {
        if (options.Diversify.Explore.On == on) return options;
        var diversify = CanonicalJson.ToNode(options.Diversify).Deserialize<DiversifyOptions>(CanonicalJson.Options)!;
        diversify.Explore.On = on;
        return options.With(diversify);
    }
}
