using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>The night's order. The only place that knows it.</summary>
internal static class NightGraph
{
    public static StageGraph Of(NightOptions options, OutputFolder output, IRunLedger ledger) => new(
        new IngestNight(options.Ingest, ParquetEngines.Reader(), ParquetEngines.Writer(), ledger),
        new EmbedNight(options.Embed, ParquetEngines.Reader(), options.Ingest.StripDecimalZero),
        new TuneNight(options.Tune, options.Train, options.Evaluate),
        new TrainNight(options.Train),
        new EvaluateNight(options.Evaluate, options.Diversify, output.Store),
        new SweepNight(options.Sweep, options.Diversify, options.Evaluate, options.Materialize),
        new NeighborsNight(options.Neighbors),
        new MaterializeNight(options.Materialize, options.Diversify, options.Explain),
        new PublishNight(options, output, ParquetEngines.Writer()));
}
