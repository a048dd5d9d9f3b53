using Hangfire.States;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Ledger;
using RouteCollection = Hangfire.Dashboard.RouteCollection;

namespace Recsys.Batch.Jobs.Scheduling.HangfireEngine.Dashboard;

/// <summary>
/// What the dashboard's buttons do, through our scheduler: Hangfire's own commands would move its jobs past the ledger. Each gives a refusal in words, or null where it was done.
/// </summary>
internal sealed class DashboardActions
{
    private readonly HangfireEngine _engine;
    private readonly IJobScheduler _scheduler;
    private readonly IOperationsLedger _ledger;
    private readonly ScheduleTable _schedules;
    private readonly TimeProvider _time;

    public DashboardActions(HangfireEngine engine, IJobScheduler scheduler, IOperationsLedger ledger, ScheduleTable schedules, TimeProvider time)
    {
        (_engine, _scheduler, _ledger, _schedules, _time) = (engine, scheduler, ledger, schedules, time);
        Routes.Add("/recurring/trigger", new DashboardCommand(TriggerAsync));
        Routes.Add("/recurring/remove", new DashboardCommand((_, _) => Task.FromResult<string?>("A schedule belongs to the configuration, section Schedules. paused it on the console's page of schedules.")));
        Routes.Add("/jobs/(?:actions|[a-z]+)/delete(?:/(?<JobId>.+))?", new DashboardCommand(DeleteAsync));
        Routes.Add("/jobs/(?:actions|[a-z]+)/(?:requeue|enqueue)(?:/(?<JobId>.+))?", new DashboardCommand(RequeueAsync));
        Routes.Add(".*", new HangfirePages());
    }

    public RouteCollection Routes { get; } = new();

    internal async Task<string?> TriggerAsync(string name, string by)
    {
        if (!_schedules.TryGetValue(name, out var schedule)) return $"There is no schedule '{name}' any more.";
        try
        {
            string execution = await _scheduler.TriggerAsync(new JobRequest(schedule.Job, schedule.Set, by, name)).ConfigureAwait(false);
            if (_engine.Jobs.Find(execution) is { } job) _engine.Entries.Triggered(name, job, _time.GetUtcNow());
            return null;
        }
        catch (RecsysException e)
        {
            return e.Message;
        }
    }

    /// <summary>Cancels what is queued or runs; takes off the page what has ended.</summary>
    internal async Task<string?> DeleteAsync(string job, string by)
    {
        if (_engine.Jobs.ExecutionOf(job) is not { } id || _ledger.Execution(id) is not { } execution) return NotBegun(job);
        if (await _scheduler.CancelAsync(id, by).ConfigureAwait(false))
        {
            // What waits for a worker or its next attempt is delivered now, so that it is written down as cancelled.
            if (execution.State == ExecutionState.Queued) _engine.Jobs.Move(job, new EnqueuedState { Reason = $"cancelled by {by}" });
        }
        else
        {
            _engine.Jobs.Move(job, new DeletedState { Reason = $"taken off the list by {by}; the execution had ended as {execution.State.ToString().ToLowerInvariant()}" });
        }
        return null;
    }

    /// <summary>A waiting execution sooner; for one that has ended a new one with the same job and parameters.</summary>
    internal async Task<string?> RequeueAsync(string job, string by)
    {
        if (_engine.Jobs.ExecutionOf(job) is not { } id || _ledger.Execution(id) is not { } execution) return NotBegun(job);
        switch (execution.State)
        {
            case ExecutionState.Running:
                return $"Job {job} is running; it can be requeued once it has ended.";
            case ExecutionState.Queued:
                _engine.Jobs.Move(job, new EnqueuedState { Reason = $"asked for now by {by}" });
                return null;
            default:
                try
                {
                    string? schedule = execution.Schedule is { } name && _schedules.ContainsKey(name) ? name : null;
                    _engine.Jobs.SetAskedAgain(job, await _scheduler.TriggerAsync(new JobRequest(execution.Job, execution.Parameters, by, schedule)).ConfigureAwait(false));
                    return null;
                }
                catch (RecsysException e)
                {
                    return e.Message;
                }
        }
    }

    private static string NotBegun(string job) => $"Job {job} has not begun, or is gone; pause its schedule on the console's page of schedules, or try again once it has begun.";
}
