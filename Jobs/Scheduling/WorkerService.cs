using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Shards;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>Takes shards of runs that any host shares, as long as its host is up.</summary>
internal sealed partial class WorkerService(IOperationsLedger ledger, ConfiguredPipeline night, SchedulerOptions options, TimeProvider time, ILogger<ShardWorker> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var configured = night.Options();
        // A host's scheduler and its worker claim under names of their own.
        return new ShardWorker(ledger, configured.Publish.Path, configured.Runs, options.ThisNode + "/worker", Say, time).RunAsync(stoppingToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Line}")]
    private partial void Say(string line);
}
