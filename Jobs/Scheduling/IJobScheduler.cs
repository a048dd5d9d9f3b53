using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>
/// The scheduler as console, API and command line see it; they know no engine. Delivery by an engine is at least once: the lease in the ledger decides who works.
/// Every engine passes the same contract tests.
/// </summary>
public interface IJobScheduler
{
    /// <summary>The engine's name: <c>quartz</c>, <c>hangfire</c>.</summary>
    string Engine { get; }

    /// <summary>This host, as executions name it.</summary>
    string Node { get; }

    Task StartAsync(CancellationToken cancellation = default);

    /// <summary>Takes no new work and waits for what runs to put itself down, until <paramref name="cancellation"/>.</summary>
    Task StopAsync(CancellationToken cancellation = default);

    /// <summary>All schedules with their next <paramref name="next"/> times.</summary>
    Task<IReadOnlyList<ScheduleStatus>> SchedulesAsync(int next = 5, CancellationToken cancellation = default);

    /// <exception cref="KeyNotFoundException">There is no schedule of that name.</exception>
    Task PauseAsync(string schedule, CancellationToken cancellation = default);

    /// <exception cref="KeyNotFoundException">There is no schedule of that name.</exception>
    Task ResumeAsync(string schedule, CancellationToken cancellation = default);

    /// <summary>Enqueues a job at once.</summary>
    /// <returns>The execution's id; <see cref="IOperationsLedger.Execution"/> says how it goes.</returns>
    /// <exception cref="Pipeline.Errors.ConfigurationException">There is no such job, or its parameters cannot be used.</exception>
    Task<string> TriggerAsync(JobRequest request, CancellationToken cancellation = default);

    /// <summary>Asks that an execution be cancelled, on whichever host; false where it has ended or is not known.</summary>
    Task<bool> CancelAsync(string executionId, string by, CancellationToken cancellation = default);
}

/// <param name="Job">One of <see cref="JobNames"/>.</param>
/// <param name="Parameters"><c>Section:Key</c> to value, as <c>--set</c> has them; <c>from</c> names a stage to start with.</param>
/// <param name="RequestedBy">User name as signed in, <c>api</c>, <c>schedule</c> or <c>recovery</c>.</param>
public sealed record JobRequest(string Job, IReadOnlyDictionary<string, string> Parameters, string RequestedBy, string? Schedule = null);

/// <summary>What to do with a time at which no host was up.</summary>
public enum MisfirePolicy
{
    /// <summary>Run once as soon as a host is up, however many times were missed.</summary>
    RunOnce,

    /// <summary>Wait for the next time.</summary>
    Skip,
}

/// <param name="Cron">Five fields (minute, hour, day, month, weekday) or six with seconds first.</param>
/// <param name="TimeZone">IANA name; <c>UTC</c>.</param>
/// <param name="After">The schedule whose success starts this one; it then has no cron.</param>
public sealed record Schedule(
    string Name, string Job, string? Cron, string TimeZone, MisfirePolicy Misfire, IReadOnlyDictionary<string, string> Parameters, string? After, TimeSpan? TimeLimit, int Retries, TimeSpan RetryDelay);

/// <param name="InWords">The cron expression as a sentence.</param>
public sealed record ScheduleStatus(Schedule Schedule, bool Paused, string InWords, IReadOnlyList<DateTimeOffset> Next, DateTimeOffset? LastFired);

/// <summary>The jobs that a schedule or a person may start.</summary>
public static class JobNames
{
    public const string Nightly = "nightly";
    public const string Ingest = "ingest";
    public const string Delta = "delta";
    public const string Evaluate = "evaluate";
    public const string Sweep = "sweep";
    public const string Publish = "publish";
    public const string Rollback = "rollback";
    public const string Prune = "prune";
    public const string Feedback = "feedback";

    public static IReadOnlyList<string> All { get; } = [Nightly, Ingest, Delta, Evaluate, Sweep, Publish, Rollback, Prune, Feedback];
}
