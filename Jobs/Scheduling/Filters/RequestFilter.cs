using Hangfire.Client;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling.Filters;

/// <summary>Writes into every new job who asked for it, and lets no time of a paused schedule become a job.</summary>
internal sealed partial class RequestFilter(Pauses pauses, OperationsLedger ledger, ILogger log, IHttpContextAccessor? who) : IClientFilter
{
    /// <summary>Parameter of a job: user name, or <c>schedule</c>.</summary>
    public const string RequestedBy = nameof(RequestedBy);

    public const string BySchedule = "schedule";

    private static readonly AsyncLocal<string?> Asker = new();

    /// <summary>Does something to a job for <paramref name="by"/>: what a person asks for is made although its schedule is paused.</summary>
    public static T As<T>(string by, Func<T> act)
    {
        Asker.Value = by;
        try
        {
            return act();
        }
        finally
        {
            Asker.Value = null;
        }
    }

    /// <summary>Who asks: said by the caller, or the user whose request is at work; null where nobody does.</summary>
    internal static string? Person(IHttpContextAccessor? who) =>
        Asker.Value ?? (who?.HttpContext is { } http ? http.User.Identity?.Name is { Length: > 0 } name ? name : "operator" : null);

    public void OnCreating(CreatingContext context)
    {
        string? person = Person(who);
        if (!context.Parameters.ContainsKey(RequestedBy)) context.SetJobParameter(RequestedBy, person ?? BySchedule);
        if (person is null && HangfireClient.OrderOf(context.Job)?.Schedule is { } schedule && context.Parameters.ContainsKey("RecurringJobId"))
            context.Canceled = IsPaused(schedule);
    }

    public void OnCreated(CreatedContext context)
    {
        if (context.BackgroundJob is { } job && Person(who) is { } person and not BySchedule && HangfireClient.OrderOf(context.Job) is { } order)
            Note(ledger, new AuditEntry(person, AuditActs.Triggered, order.Job, order.ToString(), JobId: job.Id));
    }

    /// <summary>Adds to the audit log; what a person asked for is done all the same where that is away.</summary>
    internal static void Note(OperationsLedger ledger, AuditEntry entry)
    {
        try
        {
            ledger.Append(entry);
        }
        catch (Exception e) when (LedgerOutage.Is(e))
        {
            // The job itself still says who asked for it.
        }
    }

    private bool IsPaused(string schedule)
    {
        try
        {
            return pauses.By(schedule) is not null;
        }
        catch (Exception e) when (LedgerOutage.Is(e))
        {
            // Hangfire disables a recurring job that cannot be made five times. The job itself waits for the ledger, and fails where that stays away.
            LogUnknown(e, schedule);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger cannot be reached, so schedule {Schedule} fires whether it is paused or not")]
    private partial void LogUnknown(Exception fault, string schedule);
}
