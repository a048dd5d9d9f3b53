using Hangfire;
using Hangfire.Storage.Monitoring;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Scheduling.Work;
using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>One host's Hangfire over a storage and a ledger, with jobs that do what their test says.</summary>
internal sealed class JobHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly JobServer _server;
    private readonly Restart _restart;

    public JobHost(JobStorage storage, OutputConnection place, ScheduleTable schedules, SchedulerOptions options, TestJob[] jobs, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        Hangfire = new HangfireClient(storage, place.Operations, NullLogger<HangfireClient>.Instance);
        var catalog = new JobCatalog(jobs);
        Recurring = new RecurringJobs(Hangfire, catalog, schedules, options, time);
        _restart = new Restart(Hangfire, place.Operations, place.Ledger, schedules, options, time, NullLogger<Restart>.Instance);
        Scheduler = new HangfireScheduler(Hangfire, catalog, schedules, place.Operations, place.Ledger, time);
        var nightly = new NightlyJobs(catalog, Hangfire, place.Operations, options, time, NullLogger<NightlyJobs>.Instance);
        _server = new JobServer(Hangfire, Recurring, _restart, options, new ServiceCollection().AddSingleton(nightly).BuildServiceProvider());
    }

    public HangfireClient Hangfire { get; }

    public RecurringJobs Recurring { get; }

    public HangfireScheduler Scheduler { get; }

    public Task StartAsync() => _server.StartAsync(CancellationToken.None);

    public Task StopAsync() => _server.StopAsync(CancellationToken.None);

    public Task<JobFacts> Until(string id, params JobState[] states) =>
        Waited(
            () => Scheduler.Job(id) is { } job && states.Contains(job.State) ? job : null,
            () => $"{id} is {Scheduler.Job(id)}; waited for {string.Join(" or ", states)}");

    /// <summary>A job's states, newest first.</summary>
    public IList<StateHistoryDto> History(string id) => Hangfire.Storage.GetMonitoringApi().JobDetails(id).History;

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

    public static Task Until(Func<bool> holds, string what) => Waited(() => holds() ? "" : null, () => "waited in vain: " + what);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Hangfire.Dispose();
    }
}
