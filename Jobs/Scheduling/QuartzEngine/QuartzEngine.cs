using System.Collections.Specialized;
using System.Globalization;
using Quartz;
using Quartz.Impl;
using Quartz.Impl.Matchers;
using CronExpression = Recsys.Batch.Jobs.Scheduling.Cron.CronExpression;

namespace Recsys.Batch.Jobs.Scheduling.QuartzEngine;

/// <summary>Quartz.NET behind the port: its RAM store, or its clustered job store on PostgreSQL.</summary>
/// <param name="store">Quartz' properties for its job store; empty for memory.</param>
/// <param name="instance">This host's name in a cluster.</param>
public sealed class QuartzEngine(SchedulerOptions options, NameValueCollection store, string instance) : IScheduleEngine
{
    private const string Schedules = "schedules";
    private const string Executions = "executions";

    private static readonly SemaphoreSlim Making = new(1);

    private readonly CancellationTokenSource _stopping = new();
    private IScheduler? _scheduler;
    private long _enqueued;

    public string Name => SchedulerEngines.Quartz;

    public async Task StartAsync(IReadOnlyList<Schedule> schedules, IDeliveries deliveries, CancellationToken cancellation)
    {
        _scheduler = await MakeAsync(cancellation).ConfigureAwait(false);
        _scheduler.JobFactory = new QuartzDelivery.Factory(deliveries, _stopping.Token);
        var known = await _scheduler.GetJobKeys(GroupMatcher<JobKey>.GroupEquals(Schedules), cancellation).ConfigureAwait(false);
        await _scheduler.DeleteJobs([.. known.Where(k => !schedules.Any(s => s.Name == k.Name))], cancellation).ConfigureAwait(false);
        foreach (var schedule in schedules)
        {
            var job = JobBuilder.Create<QuartzDelivery>().WithIdentity(schedule.Name, Schedules).UsingJobData(QuartzDelivery.Schedule, schedule.Name).Build();
            var trigger = TriggerBuilder.Create().WithIdentity(schedule.Name, Schedules)
                .WithCronSchedule(QuartzCron.Of(Parse(schedule)), c => c.InTimeZone(Zone(schedule)).WithMisfireHandlingInstructionDoNothing()).Build();
            await _scheduler.ScheduleJob(job, [trigger], replace: true, cancellation).ConfigureAwait(false);
        }
        await _scheduler.Start(cancellation).ConfigureAwait(false);
    }

    public async Task StopAsync(CancellationToken cancellation)
    {
        if (_scheduler is null) return;
        await _scheduler.Standby(cancellation).ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _scheduler.Shutdown(waitForJobsToComplete: true, cancellation).ConfigureAwait(false);
        _scheduler = null;
    }

    public async Task EnqueueAsync(string executionId, TimeSpan delay)
    {
        if (_scheduler is not { } scheduler || _stopping.IsCancellationRequested) return;
        // By Quartz' own clock, which fires it. An execution that comes again must not meet the name of its delivery that is just ending.
        string name = string.Create(CultureInfo.InvariantCulture, $"{executionId}~{instance}~{Interlocked.Increment(ref _enqueued)}");
        var job = JobBuilder.Create<QuartzDelivery>().WithIdentity(name, Executions).UsingJobData(QuartzDelivery.Execution, executionId).RequestRecovery().Build();
        var trigger = TriggerBuilder.Create().WithIdentity(name, Executions).StartAt(SystemTime.UtcNow() + delay).WithSimpleSchedule(s => s.WithMisfireHandlingInstructionFireNow()).Build();
        await scheduler.ScheduleJob(job, [trigger], replace: true).ConfigureAwait(false);
    }

    public DateTimeOffset? Next(Schedule schedule, DateTimeOffset after) =>
        schedule.Cron is null ? null : new global::Quartz.CronExpression(QuartzCron.Of(Parse(schedule))) { TimeZone = Zone(schedule) }.GetTimeAfter(after);

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task<IScheduler> MakeAsync(CancellationToken cancellation)
    {
        bool shared = store.Count > 0;
        var properties = new NameValueCollection(store)
        {
            [StdSchedulerFactory.PropertySchedulerInstanceName] = shared ? "recsys" : "recsys " + instance,
            [StdSchedulerFactory.PropertySchedulerInstanceId] = instance,
            ["quartz.threadPool.maxConcurrency"] = options.Workers.ToString(CultureInfo.InvariantCulture),
            ["quartz.jobStore.misfireThreshold"] = options.Grace.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture),
        };
        if (!shared) properties["quartz.jobStore.type"] = "Quartz.Simpl.RAMJobStore, Quartz";
        await Making.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var scheduler = await new StdSchedulerFactory(properties).GetScheduler(cancellation).ConfigureAwait(false);
            // Quartz keeps schedulers of a process by name; two hosts of one cluster in one process are two schedulers.
            SchedulerRepository.Instance.Remove(scheduler.SchedulerName);
            return scheduler;
        }
        finally
        {
            Making.Release();
        }
    }

    private static CronExpression Parse(Schedule schedule) =>
        CronExpression.TryParse(schedule.Cron!, out string? fault) ?? throw new ArgumentException($"schedule {schedule.Name}: {fault}", nameof(schedule));

    private static TimeZoneInfo Zone(Schedule schedule) => TimeZoneInfo.FindSystemTimeZoneById(schedule.TimeZone);
}
