using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Shards;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>Takes shards of runs as long as its host is up.</summary>
internal sealed partial class WorkerService(
    OperationsLedger ledger, ConfiguredPipeline pipeline, SchedulerOptions options, TimeProvider time, ILogger<ShardWorker> logger, HangfireClient hangfire)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var configured = pipeline.Options();
        // A host's scheduler and its worker claim under names of their own.
        var worker = new ShardWorker(ledger, configured.Publish.Path, configured.Runs, options.ThisNode + "/worker", Say, time);
        return ShardJobs.WorkAsync(worker, hangfire, options, stoppingToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Line}")]
    private partial void Say(string line);
}
