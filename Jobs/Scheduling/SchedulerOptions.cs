using Recsys.Batch.Pipeline.Runs.Leases;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>Where the scheduler keeps what it has yet to do.</summary>
internal enum SchedulerStore
{
    /// <summary>In the host's memory. What was queued or missed is found again in the ledger after a restart.</summary>
    Memory,

    /// <summary>In the PostgreSQL database of <c>Publish</c>, shared by all hosts.</summary>
    PostgreSql,
}

/// <summary>Section <c>Scheduler</c>: where Hangfire keeps its queue, and this host's part in the work.</summary>
internal sealed class SchedulerOptions : IStageOptions
{
    /// <summary>Where Hangfire keeps its queue.</summary>
    public SchedulerStore Store { get; set; } = SchedulerStore.Memory;

    /// <summary>Jobs at work at once on this host, 1 to 100. The output store's lease still lets one of them write.</summary>
    public int Workers { get; set; } = 4;

    /// <summary>How this host names itself to others, without spaces; empty for machine and process.</summary>
    public string Node { get; set; } = "";

    /// <summary><see cref="Node"/>, or machine and process.</summary>
    public string ThisNode => Node.Length > 0 ? Node : WriterInfo.ThisNode;

    /// <summary>
    /// How often a host looks for scheduled times and retries that are due, 100 ms to a minute. A time that is later than twice this was missed.
    /// </summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// After so long without a sign of life from its host, a job is delivered to another one, 5 seconds to a day; with <see cref="SchedulerStore.PostgreSql"/>
    /// alone. A host that is up keeps its jobs however long they take.
    /// </summary>
    public TimeSpan InvisibilityTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Wait before a job looks again whether the output store is free of another one, 100 ms to an hour; an eighth of what it has waited so far where that is
    /// more.
    /// </summary>
    public TimeSpan BusyDelay { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest time that a job waits for the output store, zero to a week; then it has failed.</summary>
    public TimeSpan BusyLimit { get; set; } = TimeSpan.FromHours(12);

    public void Validate(OptionsCheck check) => check
        .Require(!Node.Any(char.IsWhiteSpace), Node, "a name without spaces")
        .InRange(Workers, 1, 100)
        .Require(
            PollInterval >= TimeSpan.FromMilliseconds(100) && PollInterval <= TimeSpan.FromMinutes(1), PollInterval, "a duration from 00:00:00.1 to 00:01:00")
        .Require(
            InvisibilityTimeout >= TimeSpan.FromSeconds(5) && InvisibilityTimeout <= TimeSpan.FromDays(1),
            InvisibilityTimeout,
            "a duration from 00:00:05 to 1.00:00:00")
        .Require(BusyDelay >= TimeSpan.FromMilliseconds(100) && BusyDelay <= TimeSpan.FromHours(1), BusyDelay, "a duration from 00:00:00.1 to 01:00:00")
        .Require(BusyLimit >= TimeSpan.Zero && BusyLimit <= TimeSpan.FromDays(7), BusyLimit, "a duration up to 7.00:00:00");
}
