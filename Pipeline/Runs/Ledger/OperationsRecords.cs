namespace Recsys.Batch.Pipeline.Runs.Ledger;

/// <param name="Token">Grows with every taking of the lease: a write that carries an older one is refused.</param>
internal sealed record LeaseGrant(string Name, string Holder, long Token);

/// <param name="Expires">After this moment anyone may take it.</param>
internal sealed record LeaseState(string Name, string Holder, long Token, DateTimeOffset Expires, bool Held);

internal sealed record ShardClaim(string RunId, string Stage, string Shard, string Holder, long Token);

/// <param name="State"><c>open</c>, <c>taken</c> or <c>done</c>.</param>
/// <param name="Attempts">Times it was taken.</param>
internal sealed record ShardState(string RunId, string Stage, string Shard, string State, string? Holder, int Attempts, string? Message);

/// <summary>A job as it was asked for: of a run, or waiting for a queue. Queue, states and retries are the scheduler's, not the ledger's.</summary>
/// <param name="Id">The run's id; of what waits, any id that no other has.</param>
/// <param name="Parameters"><c>Section:Key</c> to value, on top of the configuration; beside those <c>from</c>.</param>
/// <param name="RequestedBy">User, or <c>schedule</c>.</param>
/// <param name="Schedule">The schedule whose time it was, or whose job was asked for; null for neither.</param>
/// <param name="Node">Host that works or worked on it; null where none did.</param>
/// <param name="JobId">The scheduler's job.</param>
/// <param name="Policy">Time limit and retries, as the scheduler writes them.</param>
/// <param name="Waits">It waits for a host to queue it, and has no run.</param>
internal sealed record LedgerRequest(
    string Id, string Job, IReadOnlyDictionary<string, string> Parameters, string RequestedBy, string? Schedule = null, string? Node = null,
    string? JobId = null, string? Policy = null, bool Waits = false);

/// <summary>What a host that keeps its queue in memory has to know of a schedule after a restart, to tell whether a time was missed.</summary>
/// <param name="Cron">The expression in force when it was noted; null where that is not known. Another one has missed nothing.</param>
/// <param name="Served">Times up to this one are accounted for.</param>
internal sealed record LedgerSchedule(string Name, string? Cron, string? TimeZone, DateTimeOffset Served);

internal sealed record LedgerProgress(string RunId, string Stage, string Step, long Done, long Total, string Unit, double PerSecond, DateTimeOffset Updated);

/// <param name="Number">1 for a run's first line; given by the ledger.</param>
/// <param name="Level"><c>info</c>, <c>warning</c> or <c>error</c>.</param>
internal sealed record LedgerLogLine(long Number, DateTimeOffset Time, string Level, string Stage, string Text);

/// <summary>Something that a person did, or that a host did in another's place.</summary>
/// <param name="By">User name as signed in, or who was at the command line.</param>
/// <param name="Act">One of <see cref="AuditActs"/>.</param>
/// <param name="Subject">What it was done to: a job, a run, a schedule, a version.</param>
/// <param name="Detail">With what, and why; null where there is nothing to add.</param>
/// <param name="Node">The host that did it.</param>
internal sealed record AuditEntry(string By, string Act, string Subject, string? Detail = null, string? Node = null, string? JobId = null)
{
    /// <summary>Given by the ledger, 1 for the first.</summary>
    public long Number { get; init; }

    public DateTimeOffset Time { get; init; }
}

/// <summary>What an <see cref="AuditEntry"/> says was done.</summary>
internal static class AuditActs
{
    public const string Triggered = "triggered";
    public const string Cancelled = "cancelled";
    public const string Requeued = "requeued";
    public const string Paused = "paused";
    public const string Resumed = "resumed";
    public const string RolledBack = "rolled back";
    public const string Pruned = "pruned";

    /// <summary>Users who asked to be gone were taken out; the entry says how many, not who.</summary>
    public const string Forgot = "forgot";

    /// <summary>Users who came back were let in again.</summary>
    public const string Allowed = "let in again";

    /// <summary>What a gate refused in a run was accepted once.</summary>
    public const string Accepted = "accepted once";

    /// <summary>A host goes on with what another one left.</summary>
    public const string TookOver = "took over";

    /// <summary>A job failed before its run began.</summary>
    public const string FailedStart = "failed to start";

    public static IReadOnlyList<string> All { get; } =
        [Triggered, Cancelled, Requeued, Paused, Resumed, RolledBack, Pruned, Forgot, Allowed, Accepted, TookOver, FailedStart];
}

/// <param name="Kind"><c>failure</c>, <c>refused</c>, <c>stale</c>, <c>late</c>, <c>data</c> or <c>quarantine</c>.</param>
internal sealed record LedgerAlert(
    string Id, DateTimeOffset Raised, string Kind, string Title, string Text, string? RunId, bool Delivered, string? DeliveryMessage);
