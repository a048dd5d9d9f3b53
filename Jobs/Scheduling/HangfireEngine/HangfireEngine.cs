using System.Collections.Concurrent;
using System.Data.Common;
using Hangfire;
using Hangfire.Logging;
using Hangfire.Server;
using Hangfire.States;
using Hangfire.Storage;
using Recsys.Batch.Jobs.Scheduling.Cron;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling.HangfireEngine;

/// <summary>
/// Hangfire behind the port: its storage, queue and workers. Of its own scheduling nothing runs: its cron, its retries and its way with missed times are not ours, so times
/// come from <see cref="ScheduleClock"/>, and a job here is one execution whatever becomes of it.
/// </summary>
/// <param name="storage">Of this engine alone where it is in memory, shared by hosts where it is in a database; disposed of with the engine.</param>
/// <param name="instance">This host's name.</param>
internal sealed class HangfireEngine(SchedulerOptions options, JobStorage storage, string instance, TimeProvider time) : IScheduleEngine
{
    private static readonly AsyncLocal<Delivery?> Current = new();

    private readonly CancellationTokenSource _stopping = new();
    private readonly ExecutionJobs _jobs = new(storage);
    private readonly RecurringEntries _entries = new(storage);
    private readonly ConcurrentQueue<(string Execution, TimeSpan Delay)> _owed = new();
    private readonly ILog _log = LogProvider.For<HangfireEngine>();
    private IDeliveries? _deliveries;
    private BackgroundProcessingServer? _server;
    private ScheduleClock? _clock;

    static HangfireEngine() =>
        GlobalConfiguration.Configuration.SetDataCompatibilityLevel(CompatibilityLevel.Version_180).UseSimpleAssemblyNameTypeSerializer().UseRecommendedSerializerSettings();

    public string Name => "hangfire";

    internal JobStorage Storage => storage;

    internal ExecutionJobs Jobs => _jobs;

    internal RecurringEntries Entries => _entries;

    public Task StartAsync(IReadOnlyList<Schedule> schedules, IDeliveries deliveries, CancellationToken cancellation)
    {
        _deliveries = deliveries;
        _entries.Replace(schedules, s => Next(s, time.GetUtcNow()), time.GetUtcNow());
        var changer = new BackgroundJobStateChanger(DeliveryStates.Provider);
        var worker = new Worker([EnqueuedState.DefaultQueue], new BackgroundJobPerformer(DeliveryStates.Provider, new HangfireDelivery.Activator(this), TaskScheduler.Default), changer);
        _server = new BackgroundProcessingServer(
            storage,
            [worker.UseBackgroundPool(options.Workers), new DelayedJobScheduler(options.Watch, changer).UseBackgroundPool(1)],
            new Dictionary<string, object> { ["Queues"] = new[] { EnqueuedState.DefaultQueue }, ["WorkerCount"] = options.Workers },
            // How long a stop may take is the host's to say.
            new BackgroundProcessingServerOptions { ServerName = instance, ShutdownTimeout = Timeout.InfiniteTimeSpan });
        _clock = new ScheduleClock(schedules, Next, Fire, EnqueueOwed, options.Grace, time);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellation)
    {
        if (_server is not { } server) return;
        await _clock!.DisposeAsync().ConfigureAwait(false);
        server.SendStop();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await server.WaitForShutdownAsync(cancellation).ConfigureAwait(false);
        server.Dispose();
        _server = null;
    }

    public Task EnqueueAsync(string executionId, TimeSpan delay)
    {
        if (_stopping.IsCancellationRequested) return Task.CompletedTask;
        // From within its own delivery it comes again as the same job, once the delivery has ended.
        if (Current.Value is { } now && now.Execution == executionId) now.Again = delay;
        else if (!TryEnqueue(executionId, delay)) _owed.Enqueue((executionId, delay));
        return Task.CompletedTask;
    }

    public DateTimeOffset? Next(Schedule schedule, DateTimeOffset after) =>
        schedule.Cron is { } cron
            ? CronTimes.Next(
                CronExpression.TryParse(cron, out string? fault) ?? throw new ArgumentException($"schedule {schedule.Name}: {fault}", nameof(schedule)),
                TimeZoneInfo.FindSystemTimeZoneById(schedule.TimeZone), after)
            : null;

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        _stopping.Dispose();
        (storage as IDisposable)?.Dispose();
    }

    /// <param name="schedule">Whose time it is; null where the execution was enqueued.</param>
    /// <param name="job">Hangfire's.</param>
    /// <exception cref="JobAbortedException">The job has its state already: Hangfire leaves it alone.</exception>
    internal async Task<string?> DeliverAsync(string execution, string? schedule, string job)
    {
        var delivery = new Delivery(execution);
        Current.Value = delivery;
        var delivered = schedule is null || ExecutionNames.DueOf(schedule, execution) is not { } due ? await _deliveries!.DeliverAsync(execution, _stopping.Token).ConfigureAwait(false)
            : time.GetUtcNow() - due > options.Grace ? new Delivered(null, $"later than Scheduler:Grace of {options.Grace}: the schedule's Misfire decides")
            : await _deliveries!.FiredAsync(schedule, due, _stopping.Token).ConfigureAwait(false);
        // Another delivery of this very job is at work: its job stays as it is, and says that there was a second.
        if (delivered.State == ExecutionState.Running && _jobs.Find(execution) == job) _jobs.Note(job, new SecondDelivery(delivered.Message!));
        // Set here: a state that a filter put in the place of a success would leave the success in the job's history.
        else if (DeliveryStates.Of(delivered, delivery.Again) is { } state) _jobs.Move(job, state);
        else return delivered.Message;
        throw new JobAbortedException();
    }

    /// <summary>False where the storage cannot be used at this moment; the clock comes back to it.</summary>
    private bool TryEnqueue(string executionId, TimeSpan delay)
    {
        try
        {
            _jobs.Enqueue(executionId, delay);
            return true;
        }
        catch (Exception e) when (e is DbException or BackgroundJobClientException or DistributedLockTimeoutException)
        {
            _log.ErrorException($"Execution {executionId} could not be enqueued and is tried again", e);
            return false;
        }
    }

    private void EnqueueOwed()
    {
        while (_owed.TryPeek(out var first) && TryEnqueue(first.Execution, first.Delay)) _owed.TryDequeue(out _);
    }

    private void Fire(Schedule schedule, DateTimeOffset due, DateTimeOffset? next)
    {
        string? job = _jobs.Fire(ExecutionNames.Fired(schedule.Name, due), schedule.Name);
        _entries.Fired(schedule.Name, job, due, next);
    }

    private sealed class Delivery(string execution)
    {
        public string Execution => execution;

        /// <summary>Wait after which it comes again; null where it does not.</summary>
        public TimeSpan? Again { get; set; }
    }
}
