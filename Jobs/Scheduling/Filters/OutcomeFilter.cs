using Hangfire;
using Hangfire.States;
using Hangfire.Storage;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling.Filters;

/// <summary>
/// Says what becomes of a job that failed: Hangfire's retries with the schedule's figures, none for a refused gate or a wrong configuration, where nothing
/// would change; and says in the job's history who pressed a button.
/// </summary>
internal sealed class OutcomeFilter(OperationsLedger ledger, IHttpContextAccessor? who) : IElectStateFilter, IApplyStateFilter
{
    /// <summary>Parameter of a job: retries so far, as Hangfire counts them.</summary>
    public const string RetryCount = nameof(RetryCount);

    private const int MaxDoublings = 10;

    /// <summary>What the version before had Hangfire call; the ledger's requests that wait stand for it.</summary>
    private const string TypeOfVersionBefore = "HangfireDelivery";

    /// <summary>The reason that Hangfire's buttons give.</summary>
    public const string ByButton = "Triggered via Dashboard UI";

    private static readonly AutomaticRetryAttribute Bookkeeping = new();

    public void OnStateElection(ElectStateContext context)
    {
        switch (context.CandidateState)
        {
            case FailedState lost when context.BackgroundJob.Job is null && lost.Exception.Message.Contains(TypeOfVersionBefore, StringComparison.Ordinal):
                context.CandidateState = new DeletedState
                {
                    Reason = "the version before queued it; its work was queued again when this version first started",
                };
                break;
            case FailedState failed when HangfireClient.OrderOf(context.BackgroundJob.Job) is { } order:
                Elect(context, failed, order);
                break;
            case DeletedState { Reason: ByButton } deleted when RequestFilter.Person(who) is { } user:
                deleted.Reason = $"deleted by {user}";
                Note(context, user, AuditActs.Cancelled);
                break;
            case EnqueuedState { Reason: ByButton } again when RequestFilter.Person(who) is { } user:
                again.Reason = $"requeued by {user}";
                Note(context, user, AuditActs.Requeued);
                // Asked for by a person, it has its retries again.
                context.SetJobParameter(RetryCount, 0);
                break;
        }
    }

    public void OnStateApplied(ApplyStateContext context, IWriteOnlyTransaction transaction) => Bookkeeping.OnStateApplied(context, transaction);

    public void OnStateUnapplied(ApplyStateContext context, IWriteOnlyTransaction transaction) => Bookkeeping.OnStateUnapplied(context, transaction);

    private void Note(ElectStateContext context, string user, string act)
    {
        if (HangfireClient.OrderOf(context.BackgroundJob.Job) is { } order)
            RequestFilter.Note(ledger, new AuditEntry(user, act, order.Job, order.ToString(), JobId: context.BackgroundJob.Id));
    }

    private static void Elect(ElectStateContext context, FailedState failed, JobOrder order)
    {
        new AutomaticRetryAttribute
        {
            Attempts = order.Retries,
            DelayInSecondsByAttemptFunc = attempt => (int)(order.RetryDelay.TotalSeconds * Math.Pow(2, Math.Min(attempt - 1, MaxDoublings))),
            ExceptOn = [typeof(GateRefusedException), typeof(ConfigurationException)],
            LogEvents = false,
        }.OnStateElection(context);
        failed.Reason = failed.Exception switch
        {
            GateRefusedException => "A gate refused; what is published stays as it is",
            ConfigurationException => "The configuration cannot be used; it is not tried again",
            _ => $"Attempt {context.GetJobParameter<int>(RetryCount) + (context.CandidateState is FailedState ? 1 : 0)} of {order.Retries + 1} failed",
        };
        // Hangfire cuts the message to 50 letters; its page of retries shows nothing else.
        if (context.CandidateState is ScheduledState { Reason: { } reason } again)
            again.Reason = $"{reason[..(reason.IndexOf(':', StringComparison.Ordinal) + 1)]} {failed.Exception.Message}";
    }
}
