using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Recsys.Batch.Jobs.Scheduling.Filters;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>
/// Hangfire as one host uses it: its storage, and the clients that dashboard, console and workers share, with this project's filters. Hangfire's process-wide
/// defaults are not used, so that hosts of one process do not meet.
/// </summary>
internal sealed class HangfireClient : IJobFilterProvider, IBackgroundJobClientFactory, IRecurringJobManagerFactory, IDisposable
{
    private readonly JobFilter[] _filters;

    static HangfireClient() =>
        GlobalConfiguration.Configuration.SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings();

    /// <param name="storage">Disposed of with the hangfire.</param>
    /// <param name="who">Says whose request is at work; null in a process without one.</param>
    public HangfireClient(JobStorage storage, OperationsLedger ledger, ILogger<HangfireClient> log, IHttpContextAccessor? who = null)
    {
        Storage = storage;
        Pauses = new Pauses(ledger);
        object[] filters =
            [new StatisticsHistoryAttribute(), new RequestFilter(Pauses, ledger, log, who), new OutcomeFilter(ledger, who), new ScheduleFilter(this, ledger)];
        _filters = [.. filters.Select(f => new JobFilter(f, JobFilterScope.Global, null))];
        Client = new BackgroundJobClient(storage, this);
        Recurring = new RecurringJobManager(storage, this);
    }

    public JobStorage Storage { get; }

    public BackgroundJobClient Client { get; }

    public RecurringJobManager Recurring { get; }

    public Pauses Pauses { get; }

    public IEnumerable<JobFilter> GetFilters(Job? job) => _filters;

    IBackgroundJobClient IBackgroundJobClientFactory.GetClient(JobStorage storage) => Client;

    IRecurringJobManager IRecurringJobManagerFactory.GetManager(JobStorage storage) => Recurring;

    /// <returns>The job's id.</returns>
    public string Enqueue(JobOrder order, string by, string? reason = null) => Client.Create(
        JobOf(order), new EnqueuedState { Reason = reason }, new Dictionary<string, object> { [RequestFilter.RequestedBy] = by });

    /// <summary>Hangfire's job of an order.</summary>
    public static Job JobOf(JobOrder order) => Job.FromExpression<NightlyJobs>(j => j.RunAsync(order, null!, CancellationToken.None));

    /// <summary>The order of a job; null where it is of another kind, or of a version whose jobs this one does not have.</summary>
    public static JobOrder? OrderOf(Job? job) => job is { Args: [JobOrder order, ..] } ? order : null;

    public void Dispose() => (Storage as IDisposable)?.Dispose();
}

/// <summary>Schedules that somebody paused: the lease <c>paused:SCHEDULE</c>, which stays until it is resumed. Hangfire has no pause of its own.</summary>
internal sealed class Pauses(OperationsLedger ledger)
{
    private static readonly TimeSpan Forever = TimeSpan.FromDays(36_500);

    public void Pause(string schedule, string by) => ledger.TryAcquire(Lease(schedule), by, Forever);

    public void Resume(string schedule)
    {
        if (ledger.Lease(Lease(schedule)) is { Held: true } pause) ledger.Release(new LeaseGrant(pause.Name, pause.Holder, pause.Token));
    }

    /// <summary>Who paused it; null where it is not paused.</summary>
    public string? By(string schedule) => ledger.Lease(Lease(schedule)) is { Held: true } pause ? pause.Holder : null;

    private static string Lease(string schedule) => "paused:" + schedule;
}
