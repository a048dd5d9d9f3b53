using System.Data.Common;
using Hangfire;
using Hangfire.Common;
using Hangfire.Logging;
using Hangfire.States;
using Recsys.Batch.Jobs.Scheduling.Filters;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Shards;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>
/// Shards of a run as Hangfire's jobs, in a queue of their own: a run that waits for its shards takes no worker from them. Each means "take any shard of this
/// run", so that a job delivered twice, or late, finds another one to make or none.
/// </summary>
internal sealed class ShardJobs(ShardWorker worker)
{
    private const string Queue = "shards";

    /// <returns>What was made, in a sentence.</returns>
    public string Run(string runId, CancellationToken cancellation) => worker.MakeAny(runId, cancellation);

    /// <summary>The run of a shard's job; null where the job is of another kind.</summary>
    public static string? RunOf(Job? job) => job?.Type == typeof(ShardJobs) ? job.Args[0] as string : null;

    /// <exception cref="ConfigurationException">Hosts do not share Hangfire's storage, so that nothing would ever be delivered to a worker.</exception>
    public static void RequireShared(SchedulerOptions options)
    {
        if (options.Store == SchedulerStore.Memory)
        {
            throw new ConfigurationException(
                "Scheduler:Store is Memory, and a worker gets shards from a queue that hosts share; expected Scheduler:Store=PostgreSql, here and on the host "
                + "that runs the night. On one machine no worker is needed: a night takes all of its processors (Runs:Threads)");
        }
    }

    /// <summary>Has <paramref name="worker"/> make what is delivered, one shard at a time, until it is cancelled.</summary>
    public static async Task WorkAsync(ShardWorker worker, HangfireClient hangfire, SchedulerOptions options, CancellationToken cancellation)
    {
        using var services = new ServiceCollection().AddSingleton(new ShardJobs(worker)).BuildServiceProvider();
        using var server = JobServer.Start(hangfire, options, services, Queue, workers: 1);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        server.SendStop();
        await server.WaitForShutdownAsync(CancellationToken.None).ConfigureAwait(false);
    }

    internal sealed class Dispatcher(HangfireClient hangfire) : IShardDispatcher
    {
        public IDisposable Dispatch(string runId, int shards)
        {
            var job = Job.FromExpression<ShardJobs>(j => j.Run(runId, CancellationToken.None));
            var parameters = new Dictionary<string, object> { [NightlyJobs.RunId] = runId, [RequestFilter.RequestedBy] = $"run {runId}" };
            var dispatched = new Dispatched(hangfire.Client);
            Try(() => { for (int i = 0; i < shards; i++) dispatched.Jobs.Add(hangfire.Client.Create(job, new EnqueuedState(Queue), parameters)); });
            return dispatched;
        }
    }

    /// <summary>A queue that is away stops no night: its own host makes what nobody else does.</summary>
    private static void Try(Action act)
    {
        try
        {
            act();
        }
        catch (Exception e) when (e is BackgroundJobClientException or DbException)
        {
            LogProvider.For<ShardJobs>().WarnException("The queue of shards cannot be reached", e);
        }
    }

    private sealed class Dispatched(BackgroundJobClient client) : IDisposable
    {
        public List<string> Jobs { get; } = [];

        public void Dispose() => Try(() => Jobs.ForEach(
            job => client.ChangeState(job, new DeletedState { Reason = "its run has no shards to make any more" }, EnqueuedState.StateName)));
    }
}
