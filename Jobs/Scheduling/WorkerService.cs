using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Shards;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>
/// Takes shards of runs as long as its host is up: Hangfire delivers them where hosts share its storage; otherwise, over a store of one machine, the ledger is
/// looked into.
/// </summary>
/// <param name="hangfire">Null where its storage is not shared.</param>
internal sealed partial class WorkerService(
    OperationsLedger ledger, ConfiguredPipeline pipeline, SchedulerOptions options, TimeProvider time, ILogger<ShardWorker> logger,
    HangfireClient? hangfire = null) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var configured = pipeline.Options();
        // A host's scheduler and its worker claim under names of their own.
        var worker = new ShardWorker(ledger, configured.Publish.Path, configured.Runs, options.ThisNode + "/worker", Say, time);
        if (hangfire is null || options.Store == SchedulerStore.Memory) await worker.RunAsync(stoppingToken).ConfigureAwait(false);
        else await ShardJobs.WorkAsync(worker, hangfire, options, stoppingToken).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Line}")]
    private partial void Say(string line);
}
