using System.Globalization;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>
/// The scheduler as console, API and command line see it; they know no engine. Delivery by the engine is at least once: the lease in the
/// ledger decides who works.
/// </summary>
internal interface IJobScheduler
{
    /// <summary>The engine's name: <c>hangfire</c>.</summary>
    string Engine { get; }

    /// <summary>This host, as executions name it.</summary>
    string Node { get; }

    Task StartAsync(CancellationToken cancellation = default);

    /// <summary>Takes no new work and waits for what runs to put itself down, until <paramref name="cancellation"/>.</summary>
    Task StopAsync(CancellationToken cancellation = default);

    /// <summary>All schedules with their next <paramref name="next"/> times.</summary>
    Task<IReadOnlyList<ScheduleStatus>> SchedulesAsync(int next = 5, CancellationToken cancellation = default);

    /// <summary>Puts a schedule paused on every host, across restarts; its times pass by and are not made up for.</summary>
    /// <param name="by">Who asked for it.</param>
    /// <exception cref="KeyNotFoundException">There is no schedule of that name.</exception>
    Task PauseAsync(string schedule, string by, CancellationToken cancellation = default);

    /// <exception cref="KeyNotFoundException">There is no schedule of that name.</exception>
    Task ResumeAsync(string schedule, CancellationToken cancellation = default);

    /// <summary>Enqueues a job at once.</summary>
    /// <returns>The execution's id; <see cref="IOperationsLedger.Execution"/> says how it goes.</returns>
    /// <exception cref="Pipeline.Errors.ConfigurationException">There is no such job, or its parameters cannot be used.</exception>
    Task<string> TriggerAsync(JobRequest request, CancellationToken cancellation = default);

    /// <summary>Asks that an execution be cancelled, on whichever host; false where it has ended or is not known.</summary>
    Task<bool> CancelAsync(string executionId, string by, CancellationToken cancellation = default);
}

/// <summary>How executions are named: a scheduled time has one name on every host, so that it is served once.</summary>
/// <remarks>
/// Names of leases in the operations ledger: <c>store</c> the one writer of the output store, <c>node:NODE</c> a host that is alive, <c>execution:ID</c> who works on an
/// execution, <c>paused:SCHEDULE</c> a schedule that was paused; <c>signed-out:SESSION</c> a session of the console that somebody ended.
/// </remarks>
internal static class ExecutionNames
{
    private const string DueFormat = "yyyyMMdd'T'HHmmss'Z'";

    public static string Fired(string schedule, DateTimeOffset due) => $"{schedule}@{due.UtcDateTime.ToString(DueFormat, CultureInfo.InvariantCulture)}";

    /// <summary>The time of <paramref name="schedule"/> that an execution is of; null where it is none.</summary>
    public static DateTimeOffset? DueOf(string schedule, string executionId) =>
        executionId.StartsWith(schedule + "@", StringComparison.Ordinal)
        && DateTimeOffset.TryParseExact(executionId.AsSpan(schedule.Length + 1), DueFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var due) ? due : null;
}

/// <param name="Job">One of <see cref="JobNames"/>.</param>
/// <param name="Parameters">
/// <c>Section:Key</c> to value, as <c>--set</c> has them; <c>from</c> names a stage to start with; rollback takes <c>version</c>, prune <c>keep</c>.
/// </param>
/// <param name="RequestedBy">User name as signed in, <c>api</c>, or <c>schedule</c>.</param>
/// <param name="Schedule">The schedule whose job, time limit, retries and followers this one takes; its parameters are those given here.</param>
internal sealed record JobRequest(string Job, IReadOnlyDictionary<string, string> Parameters, string RequestedBy, string? Schedule = null);

/// <summary>What to do with a time at which no host was up.</summary>
internal enum MisfirePolicy
{
    /// <summary>Run once as soon as a host is up, however many times were missed.</summary>
    RunOnce,

    /// <summary>Wait for the next time.</summary>
    Skip,
}

/// <param name="Cron">Five fields (minute, hour, day, month, weekday) or six with seconds first.</param>
/// <param name="TimeZone">IANA name; <c>UTC</c>.</param>
/// <param name="After">The schedule whose success starts this one; it then has no cron.</param>
internal sealed record Schedule(
    string Name, string Job, string? Cron, string TimeZone, MisfirePolicy Misfire, IReadOnlyDictionary<string, string> Parameters, string? After, TimeSpan? TimeLimit, int Retries, TimeSpan RetryDelay);

/// <param name="InWords">The cron expression as a sentence.</param>
/// <param name="LastFired">When it was last enqueued, by the clock or by a person.</param>
/// <param name="PausedBy">Who paused it; null where it is not.</param>
internal sealed record ScheduleStatus(Schedule Schedule, bool Paused, string InWords, IReadOnlyList<DateTimeOffset> Next, DateTimeOffset? LastFired, string? PausedBy = null);

/// <summary>The jobs that a schedule or a person may start.</summary>
internal static class JobNames
{
    public const string Nightly = "nightly";
    public const string Delta = "delta";
    public const string Ingest = "ingest";
    public const string Embed = "embed";
    public const string Train = "train";
    public const string Evaluate = "evaluate";
    public const string Sweep = "sweep";
    public const string Neighbors = "neighbors";
    public const string Materialize = "materialize";
    public const string Publish = "publish";
    public const string Feedback = "feedback";
    public const string Rollback = "rollback";
    public const string Prune = "prune";

    public static IReadOnlyList<string> All { get; } = [Nightly, Delta, Ingest, Embed, Train, Evaluate, Sweep, Neighbors, Materialize, Publish, Feedback, Rollback, Prune];
}
