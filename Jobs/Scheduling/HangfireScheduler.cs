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
internal sealed class HangfireScheduler : IJobScheduler
{
    private readonly HangfireClient _hangfire;
    private readonly JobReader _reader;
    private readonly RecurringJobs _recurring;
    private readonly JobCatalog _jobs;
    private readonly ScheduleTable _schedules;
    private readonly OperationsLedger _ledger;
    private readonly IRunLedger _runs;

    /// <exception cref="ConfigurationException">A schedule's parameters cannot be used.</exception>
    public HangfireScheduler(
        HangfireClient hangfire, RecurringJobs recurring, JobCatalog jobs, ScheduleTable schedules, OperationsLedger ledger, IRunLedger runs)
    {
        (_hangfire, _reader, _recurring, _jobs, _schedules, _ledger, _runs) = (
            hangfire, new JobReader(hangfire.Storage), recurring, jobs, schedules, ledger, runs);
        foreach (var schedule in schedules.Schedules) Check(schedule);
    }

    public IReadOnlyList<ScheduleStatus> Schedules(int next = 5)
    {
        using var connection = _hangfire.Storage.GetConnection();
        var recurring = connection.GetRecurringJobs().ToDictionary(r => r.Id, StringComparer.Ordinal);
        return [.. _schedules.Schedules.Select(s => Status(s, recurring.GetValueOrDefault(s.Name), next))];
    }

    public void Pause(string schedule, string by) => _recurring.Pause(schedule, by);

    public void Resume(string schedule) => _recurring.Resume(schedule);

    public string Trigger(JobRequest request)
    {
        _jobs[request.Job].Check(request.Parameters);
        return Reached(() => _hangfire.Enqueue(new JobOrder(request.Job, request.Parameters.ToDictionary(StringComparer.Ordinal)), request.RequestedBy));
    }

    public string TriggerSchedule(string schedule, string by) => Reached(() => _recurring.Trigger(schedule, by));

    public bool Cancel(string jobId, string by) =>
        _reader.Find(jobId) is { IsOpen: true } && _hangfire.Client.ChangeState(jobId, new DeletedState { Reason = $"cancelled by {by}" });

    public bool Requeue(string jobId, string by) =>
        _reader.Find(jobId) is { State: not (JobState.Queued or JobState.Running) }
        && RequestFilter.As(by, () => _hangfire.Client.ChangeState(jobId, new EnqueuedState { Reason = OutcomeFilter.ByButton }));

    public JobFacts? Job(string id) => _reader.Find(id);

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

    private void Check(Schedule schedule)
    {
        try
        {
            _jobs[schedule.Job].Check(schedule.Parameters);
        }
        catch (ConfigurationException e)
        {
            throw new ConfigurationException($"Schedules:{schedule.Name}:Set: {e.Message}", e);
        }
    }

    private ScheduleStatus Status(Schedule schedule, RecurringJobDto? recurring, int next)
    {
        var last = recurring?.LastJobId is { } id ? _reader.Find(id) : null;
        var fired = recurring?.LastExecution is { } at ? new DateTimeOffset(at, TimeSpan.Zero) : (DateTimeOffset?)null;
        // A queue in memory knows nothing of the time before its host started; the ledger knows its run.
        if (last is null && _ledger.NewestRequest(schedule.Name) is { } request && _runs.Run(request.Id) is { } run)
        {
            last = new JobFacts(
                request.JobId ?? run.RunId, schedule.Order, StateOf(run.State), request.RequestedBy, run.Started, run.Ended, run.Message, run.Attempts,
                run.RunId, request.Node);
            fired ??= run.Started;
        }
        string words = schedule.Cron is { } cron ? CronText.InWords(cron, schedule.TimeZone) : $"after {schedule.After} has succeeded";
        string? paused = _hangfire.Pauses.By(schedule.Name);
        return new ScheduleStatus(schedule, words, paused is null ? _recurring.Next(schedule, next) : [], fired, paused, last);
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
