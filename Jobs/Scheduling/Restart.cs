using Recsys.Batch.Jobs.Scheduling.Filters;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>
/// What a queue in memory forgets when its host goes: jobs that were queued, the run that was at work, the time of a schedule that passed. A queue in
/// PostgreSQL forgets nothing; what the version before had queued is queued again in both.
/// </summary>
internal sealed partial class Restart(
    HangfireClient hangfire, OperationsLedger ledger, IRunLedger runs, ScheduleTable schedules, SchedulerOptions options, TimeProvider time,
    ILogger<Restart> log)
{
    /// <summary>Queues what is left over. Whatever was done after all finds its stages unchanged.</summary>
    public void TakeUp()
    {
        var taken = ledger.TakeWaiting()
            .Select(r => (Order: JobOrder.Of(r, schedules), By: r.RequestedBy, Why: "it was queued when its host stopped")).ToList();
        if (options.Store == SchedulerStore.Memory && runs.Runs(1) is [{ State: RunState.Running } run] && ledger.Request(run.RunId) is { } request
            && JobOrder.Of(request, schedules) is var resumed && !taken.Any(t => t.Order.IsSameWorkAs(resumed)))
            taken.Add((resumed, request.RequestedBy, $"run {run.RunId} was interrupted and is resumed"));
        foreach (var (order, by, why) in taken)
        {
            string id = hangfire.Enqueue(order, by, why);
            LogTaken(id, order, why);
        }
        if (options.Store == SchedulerStore.Memory)
            foreach (var (name, schedule) in schedules.Where(s => s.Value.Cron is not null))
                TakeUp(name, schedule, taken.Any(t => t.Order.Schedule == name));
    }

    /// <summary>Writes down what is still in the queue of a host that stops.</summary>
    public void WriteDown()
    {
        if (options.Store != SchedulerStore.Memory) return;
        var jobs = new JobReader(hangfire.Storage);
        foreach (var job in jobs.Open()) ledger.Save(job.Order.ToRequest($"{time.GetUtcNow():yyyyMMddHHmmssfff}-{job.Id}", job.RequestedBy, waits: true));
    }

    private void TakeUp(string name, ScheduleOptions schedule, bool queued)
    {
        var now = time.GetUtcNow();
        var noted = ledger.Schedule(name);
        // An expression that changed, or is new, has missed nothing: the host was not meant to be up at its times.
        bool same = noted is not null && (noted.Cron is null || (noted.Cron, noted.TimeZone) == (schedule.Cron, schedule.TimeZone));
        bool missed = same && CronText.Next(schedule.Cron!, schedule.TimeZone, noted!.Served) <= now;
        ledger.Save(
            new LedgerSchedule(name, schedule.Cron, schedule.TimeZone, missed && schedule.Misfire == MisfirePolicy.RunOnce ? noted!.Served : now));
        if (!missed || queued || schedule.Misfire != MisfirePolicy.RunOnce || hangfire.Pauses.By(name) is not null) return;
        string id = RequestFilter.As(RequestFilter.BySchedule, () => hangfire.Recurring.TriggerJob(name));
        LogTaken(id, schedule.Order(name), "no host was up at its time");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job} was queued: {Order}: {Why}")]
    private partial void LogTaken(string job, JobOrder order, string why);
}
