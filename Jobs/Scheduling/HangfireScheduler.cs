using System.Data.Common;
using Hangfire;
using Hangfire.States;
using Hangfire.Storage;
using Recsys.Batch.Jobs.Scheduling.Filters;
using Recsys.Batch.Jobs.Scheduling.Work;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>Hangfire behind the console's port.</summary>
internal sealed class HangfireScheduler(
    HangfireClient hangfire, JobCatalog jobs, ScheduleTable schedules, OperationsLedger ledger, IRunLedger runs, TimeProvider time) : IJobScheduler
{
    private readonly JobReader _reader = new(hangfire.Storage);

    public IReadOnlyList<ScheduleStatus> Schedules(int next = 5)
    {
        using var connection = hangfire.Storage.GetConnection();
        var recurring = connection.GetRecurringJobs().ToDictionary(r => r.Id, StringComparer.Ordinal);
        return [.. schedules.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => Status(s.Key, s.Value, recurring.GetValueOrDefault(s.Key), next))];
    }

    public void Pause(string schedule, string by)
    {
        _ = Find(schedule);
        hangfire.Pauses.Pause(schedule, by);
        ledger.Append(new AuditEntry(by, AuditActs.Paused, schedule));
    }

    public void Resume(string schedule, string by)
    {
        var options = Find(schedule);
        hangfire.Pauses.Resume(schedule);
        ledger.Append(new AuditEntry(by, AuditActs.Resumed, schedule));
        // What passed while it was paused is accounted for.
        if (ledger.Schedule(schedule) is not null) ledger.Save(new LedgerSchedule(schedule, options.Cron, options.TimeZone, time.GetUtcNow()));
    }

    public string Trigger(JobOrder order, string by)
    {
        jobs[order.Job].Check(order.Parameters);
        return Reached(() => hangfire.Enqueue(order, by));
    }

    public string TriggerSchedule(string schedule, string by)
    {
        _ = Find(schedule);
        return Reached(() => RequestFilter.As(by, () => hangfire.Recurring.TriggerJob(schedule)))
            ?? throw new KeyNotFoundException($"schedule '{schedule}' is not among Hangfire's recurring jobs; a host with a scheduler puts it there");
    }

    public bool Cancel(string jobId, string by)
    {
        if (_reader.Find(jobId) is not { IsOpen: true } job || !hangfire.Client.ChangeState(jobId, new DeletedState { Reason = $"cancelled by {by}" }))
            return false;
        RequestFilter.Note(ledger, new AuditEntry(by, AuditActs.Cancelled, job.Order.Job, job.Order.ToString(), JobId: jobId));
        return true;
    }

    public bool Requeue(string jobId, string by) =>
        _reader.Find(jobId) is { State: not (JobState.Queued or JobState.Running) }
        && RequestFilter.As(by, () => hangfire.Client.ChangeState(jobId, new EnqueuedState { Reason = OutcomeFilter.ByButton }));

    public JobFacts? Job(string id) => _reader.Find(id);

    public IReadOnlyList<HostFacts> Hosts() =>
        [.. hangfire.Storage.GetMonitoringApi().Servers()
            .Select(s => new HostFacts(
                JobReader.NodeOf(s.Name), [.. s.Queues], s.WorkersCount, new DateTimeOffset(s.StartedAt, TimeSpan.Zero),
                s.Heartbeat is { } beat ? new DateTimeOffset(beat, TimeSpan.Zero) : null))
            .OrderBy(h => h.Node, StringComparer.Ordinal).ThenBy(h => string.Join(' ', h.Queues), StringComparer.Ordinal)];

    public IReadOnlyList<JobFacts> Jobs(int limit) => _reader.Newest(limit);

    /// <exception cref="RunFailedException">Hangfire's storage cannot be reached.</exception>
    private static string Reached(Func<string> queue)
    {
        try
        {
            return queue();
        }
        catch (Exception e) when (e is BackgroundJobClientException or DbException or AggregateException)
        {
            throw new RunFailedException($"nothing was queued: Hangfire's storage cannot be reached: {e.GetBaseException().Message}", e);
        }
    }

    private ScheduleOptions Find(string name) => schedules.GetValueOrDefault(name)
        ?? throw new KeyNotFoundException($"there is no schedule '{name}'; there are {string.Join(", ", schedules.Keys)}");

    private ScheduleStatus Status(string name, ScheduleOptions schedule, RecurringJobDto? recurring, int next)
    {
        var last = recurring?.LastJobId is { } id ? _reader.Find(id) : null;
        var fired = recurring?.LastExecution is { } at ? new DateTimeOffset(at, TimeSpan.Zero) : (DateTimeOffset?)null;
        // A queue in memory knows nothing of the time before its host started; the ledger knows its run.
        if (last is null && ledger.NewestRequest(name) is { } request && runs.Run(request.Id) is { } run)
        {
            last = new JobFacts(
                request.JobId ?? run.RunId, schedule.Order(name), StateOf(run.State), request.RequestedBy, run.Started, run.Ended, run.Message, run.Attempts,
                run.RunId, request.Node);
            fired ??= run.Started;
        }
        string words = schedule.Cron is { } cron ? CronText.InWords(cron, schedule.TimeZone) : $"after {schedule.After} has succeeded";
        string? paused = hangfire.Pauses.By(name);
        return new ScheduleStatus(name, schedule, words, paused is null ? [.. Times(schedule).Take(next)] : [], fired, paused, last);
    }

    private IEnumerable<DateTimeOffset> Times(ScheduleOptions schedule)
    {
        if (schedule.Cron is not { } cron) yield break;
        for (var at = time.GetUtcNow(); CronText.Next(cron, schedule.TimeZone, at) is { } next; at = next) yield return next;
    }

    private static JobState StateOf(RunState state) => state switch
    {
        RunState.Running => JobState.Running,
        RunState.Finished => JobState.Finished,
        RunState.Refused => JobState.Refused,
        RunState.Cancelled => JobState.Deleted,
        _ => JobState.Failed,
    };
}
