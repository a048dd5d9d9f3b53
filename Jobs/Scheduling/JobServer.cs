using Hangfire;
using Hangfire.AspNetCore;
using Hangfire.States;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>
/// Hangfire's workers and its recurring scheduler in this host, from its start to its stop. Jobs that run are told to stop, and their run is put down.
/// </summary>
internal sealed class JobServer(HangfireClient hangfire, RecurringJobs recurring, Restart restart, SchedulerOptions options, IServiceProvider services)
    : IHostedService
{
    /// <summary>How soon a job that was deleted, or is another worker's, is told.</summary>
    private static readonly TimeSpan CancellationCheck = TimeSpan.FromSeconds(1);

    private BackgroundJobServer? _server;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        recurring.Declare();
        restart.TakeUp();
        _server = Start(hangfire, options, services, EnqueuedState.DefaultQueue, options.Workers);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is not { } server) return;
        _server = null;
        server.SendStop();
        await server.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        server.Dispose();
        restart.WriteDown();
    }

    /// <summary>Workers for one hangfire.</summary>
    internal static BackgroundJobServer Start(HangfireClient jobs, SchedulerOptions options, IServiceProvider services, string name, int workers) => new(
        new BackgroundJobServerOptions
        {
            Queues = [name],
            WorkerCount = workers,
            ServerName = options.ThisNode,
            SchedulePollingInterval = options.PollInterval,
            CancellationCheckInterval = CancellationCheck,
            FilterProvider = jobs,
            Activator = new AspNetCoreJobActivator(services.GetRequiredService<IServiceScopeFactory>()),
            // A job is told at once that its host stops; how long it may take to put its work down is the host's to say.
            StopTimeout = TimeSpan.Zero,
            ShutdownTimeout = Timeout.InfiniteTimeSpan,
        },
        jobs.Storage);
}
