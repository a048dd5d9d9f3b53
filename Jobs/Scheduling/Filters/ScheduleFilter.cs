using Hangfire.States;
using Hangfire.Storage;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling.Filters;

/// <summary>When a schedule's job has ended: starts the schedules that come after it, and notes that its time is accounted for.</summary>
/// <remarks>A success that could not be written is written again, and its followers with it: they are delivered at least once, like every job.</remarks>
internal sealed class ScheduleFilter(HangfireClient hangfire, OperationsLedger ledger) : IApplyStateFilter
{
    public void OnStateApplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
    {
        if (context.NewState is not (SucceededState or DeletedState or FailedState)
            || HangfireClient.OrderOf(context.BackgroundJob.Job)?.Schedule is not { } schedule)
        {
            return;
        }
        Account(schedule, new DateTimeOffset(context.BackgroundJob.CreatedAt, TimeSpan.Zero));
        if (context.NewState is not SucceededState) return;
        // Those in the storage, rather than in this host's configuration: any host may have run the job.
        foreach (var next in context.Connection.GetRecurringJobs())
            if (HangfireClient.OrderOf(next.Job)?.After == schedule) hangfire.Recurring.TriggerJob(next.Id);
    }

    public void OnStateUnapplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
    {
    }

    private void Account(string schedule, DateTimeOffset time)
    {
        try
        {
            if (ledger.Schedule(schedule) is { } known && known.Served < time) ledger.Save(known with { Served = time });
        }
        catch (Exception e) when (LedgerOutage.Is(e))
        {
            // At worst a restart makes this time once more, and finds its stages unchanged.
        }
    }
}
