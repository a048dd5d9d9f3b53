namespace Recsys.Batch.Pipeline.Runs.Ledger;

/// <summary>
/// What hosts tell each other through the ledger's database: who may write, which shards are taken, what was asked for, how far a run is. Every engine behind it
/// passes the same contract tests; on PostgreSQL all times of leases are the server's, so that hosts with wrong clocks agree.
/// </summary>
internal interface IOperationsLedger
{
    /// <summary>Takes the lease <paramref name="name"/> where it is free or its holder's time is up; null where another holds it.</summary>
    /// <param name="holder">Host and process, as a person reads it.</param>
    LeaseGrant? TryAcquire(string name, string holder, TimeSpan term);

    /// <summary>Extends a lease; false where it was taken over in the meantime: the caller stops at once.</summary>
    bool Renew(LeaseGrant grant, TimeSpan term);

    /// <summary>Gives the lease back; no effect where it was taken over.</summary>
    void Release(LeaseGrant grant);

    /// <summary>The lease as it stands; null where it was never taken.</summary>
    LeaseState? Lease(string name);

    /// <summary>Posts a run's shards as open; those already known stay as they are.</summary>
    void PostShards(string runId, string stage, IReadOnlyList<string> shards);

    /// <summary>Takes an open shard, or one whose holder's time is up, of any run; null where there is none.</summary>
    ShardClaim? ClaimShard(string holder, TimeSpan term, string? runId = null);

    /// <summary>Extends a claim; false where another worker took it over: the caller stops.</summary>
    bool RenewShard(ShardClaim claim, TimeSpan term);

    /// <summary>Marks the shard done; false where it was taken over or is done already.</summary>
    bool CompleteShard(ShardClaim claim);

    /// <summary>Puts a shard back with the reason, for another worker to take.</summary>
    void FailShard(ShardClaim claim, string message);

    IReadOnlyList<ShardState> Shards(string runId);

    /// <summary>Removes a run's shards.</summary>
    void ClearShards(string runId);

    /// <summary>
    /// Removes what nobody has done yet of all runs' shards: the store's one writer says so when no run of its own is at work, so that workers go on with none that ended. Those that are done stay for the
    /// run that goes on with them.
    /// </summary>
    /// <param name="writer">The store's lease; no effect where it was taken over.</param>
    void WithdrawShards(LeaseGrant writer);

    /// <summary>Inserts an execution of a job, or updates its row.</summary>
    void Save(LedgerExecution execution);

    LedgerExecution? Execution(string id);

    /// <summary>The newest executions, newest first.</summary>
    IReadOnlyList<LedgerExecution> Executions(int limit);

    /// <summary>All executions that are queued or running, the oldest first.</summary>
    IReadOnlyList<LedgerExecution> Unfinished();

    /// <summary>Id of the newest time of a schedule that was served, <c>SCHEDULE@TIME</c>, however many executions came after it; null where none was.</summary>
    string? LastServed(string schedule);

    /// <summary>Asks that an execution be cancelled, wherever it is; false where it has ended or is not known.</summary>
    bool RequestCancel(string id, string by);

    /// <summary>Who asked for that; null where nobody did.</summary>
    string? CancelRequestedBy(string id);

    /// <summary>How far the stage of a run is: one row a run and stage, replaced by each call.</summary>
    void SaveProgress(LedgerProgress progress);

    IReadOnlyList<LedgerProgress> Progress(string runId);

    /// <summary>Adds lines to a run's log.</summary>
    void AppendLog(string runId, IReadOnlyList<LedgerLogLine> lines);

    /// <summary>Lines after <paramref name="after"/> (0: from the first), in order.</summary>
    IReadOnlyList<LedgerLogLine> Log(string runId, long after, int limit);

    /// <summary>The last lines, in order.</summary>
    IReadOnlyList<LedgerLogLine> LogEnd(string runId, int limit);

    void Save(LedgerAlert alert);

    /// <summary>The newest alerts, newest first.</summary>
    IReadOnlyList<LedgerAlert> Alerts(int limit);

    /// <summary>
    /// Deletes what is older than <paramref name="before"/>: lines of logs, progress and left-over shards of runs, executions that ended, alerts that were told, leases of executions, nodes and sessions. The
    /// newest time that each schedule was served stays, since it says what was missed, and so does the lease that writers are told apart by. In portions, so that nobody waits for long.
    /// </summary>
    /// <returns>Rows that went.</returns>
    long Prune(DateTimeOffset before);
}

/// <param name="Token">Grows with every taking of the lease: a write that carries an older one is refused.</param>
internal sealed record LeaseGrant(string Name, string Holder, long Token);

/// <param name="Expires">After this moment anyone may take it.</param>
internal sealed record LeaseState(string Name, string Holder, long Token, DateTimeOffset Expires, bool Held);

internal sealed record ShardClaim(string RunId, string Stage, string Shard, string Holder, long Token);

/// <param name="State"><c>open</c>, <c>taken</c> or <c>done</c>.</param>
/// <param name="Attempts">Times it was taken.</param>
internal sealed record ShardState(string RunId, string Stage, string Shard, string State, string? Holder, int Attempts, string? Message);

internal enum ExecutionState
{
    Queued,
    Running,
    Finished,
    Refused,
    Failed,
    Cancelled,

    /// <summary>Another execution was doing this work already; <see cref="LedgerExecution.Message"/> names it.</summary>
    StoodBack,
}

/// <summary>One execution of a job, as asked for and as it went.</summary>
/// <param name="Schedule">The schedule that fired; null where a person or the API asked.</param>
/// <param name="Parameters"><c>Section:Key</c> to value, on top of the configuration; beside those <c>from</c>.</param>
/// <param name="RequestedBy">User, <c>schedule</c> or <c>recovery</c>.</param>
/// <param name="Node">Host that works or worked on it.</param>
internal sealed record LedgerExecution(
    string Id, string Job, string? Schedule, IReadOnlyDictionary<string, string> Parameters, string RequestedBy, ExecutionState State, DateTimeOffset Queued,
    string? Node = null, DateTimeOffset? Started = null, DateTimeOffset? Ended = null, string? RunId = null, int Attempt = 1, string? Message = null);

internal sealed record LedgerProgress(string RunId, string Stage, string Step, long Done, long Total, string Unit, double PerSecond, DateTimeOffset Updated);

/// <param name="Number">1 for a run's first line; given by the ledger.</param>
/// <param name="Level"><c>info</c>, <c>warning</c> or <c>error</c>.</param>
internal sealed record LedgerLogLine(long Number, DateTimeOffset Time, string Level, string Stage, string Text);

/// <param name="Kind"><c>failure</c>, <c>refused</c>, <c>stale</c> or <c>quarantine</c>.</param>
internal sealed record LedgerAlert(string Id, DateTimeOffset Raised, string Kind, string Title, string Text, string? RunId, bool Delivered, string? DeliveryMessage);
