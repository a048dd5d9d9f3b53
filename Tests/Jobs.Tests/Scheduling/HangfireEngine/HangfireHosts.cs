using Hangfire;
using Hangfire.Storage.Monitoring;
using Microsoft.Extensions.Logging.Abstractions;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Scheduling.Executions;
using Recsys.Batch.Jobs.Scheduling.HangfireEngine;
using Recsys.Batch.Jobs.Scheduling.HangfireEngine.Dashboard;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>Hosts over one ledger in memory, with Hangfire between them and a test's job, and what Hangfire shows of it.</summary>
internal sealed class HangfireHosts : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<JobScheduler> _hosts = [];

    public TestJob Job { get; } = new(JobNames.Nightly);

    public MemoryOperations Ledger { get; } = new(TimeProvider.System);

    public ScheduleTable Schedules { get; } = new() { ["night"] = new ScheduleOptions { Job = JobNames.Nightly, Cron = "0 3 1 1 *", RetryDelay = TimeSpan.FromMinutes(10), Set = new() { ["Diversify:Lambda"] = "0.4" } } };

    public async Task<(JobScheduler Scheduler, HangfireEngine Engine, DashboardActions Actions)> Start(JobStorage storage, string node = "a")
    {
        var options = new SchedulerOptions { Node = node, Watch = TimeSpan.FromMilliseconds(100), LeaseTerm = TimeSpan.FromSeconds(5) };
        var engine = new HangfireEngine(options, storage, node, TimeProvider.System);
        var host = new JobScheduler(engine, Ledger, new JobCatalog([Job]), Schedules, options, TimeProvider.System, NullLogger<JobScheduler>.Instance);
        _hosts.Add(host);
        await host.StartAsync();
        return (host, engine, new DashboardActions(engine, host, Ledger, Schedules, TimeProvider.System));
    }

    public JobRequest Request(string? schedule = null) => new(JobNames.Nightly, Schedules["night"].Set, "mia", schedule);

    public Task<LedgerExecution> Until(string id, ExecutionState state) =>
        Waited(() => Ledger.Execution(id) is { } found && found.State == state ? found : null, () => $"{id} is {Ledger.Execution(id)}; waited for {state}");

    /// <summary>Waits until a job of Hangfire's is in <paramref name="state"/>, or has been, and gives its history, newest first.</summary>
    public static Task<IList<StateHistoryDto>> UntilShown(HangfireEngine engine, string execution, string state) => Waited(
        () => History(engine, execution) is { } history && history.Any(h => h.StateName == state) ? history : null,
        () => $"{execution} shows {string.Join(", ", History(engine, execution)?.Select(h => $"{h.StateName}: {h.Reason}") ?? [])}; waited for {state}");

    public static IList<StateHistoryDto>? History(HangfireEngine engine, string execution) =>
        engine.Jobs.Find(execution) is { } job ? engine.Storage.GetMonitoringApi().JobDetails(job)?.History : null;

    public static async Task<T> Waited<T>(Func<T?> look, Func<string> missing) where T : class
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (look() is { } found) return found;
            if (patience.IsCancellationRequested) Assert.Fail(missing());
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts) await host.DisposeAsync();
    }
}
