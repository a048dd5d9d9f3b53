namespace Recsys.Batch.Pipeline.Runs.Ledger;

/// <summary>
/// What hosts tell each other through the ledger's database: who may write, which shards are taken, what was asked for, how far a run is. Every engine behind
/// it passes the same contract tests; on PostgreSQL all times of leases are the server's, so that hosts with wrong clocks agree.
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
    /// Removes what nobody has done yet of all runs' shards: the store's one writer says so when no run of its own is at work, so that workers go on with none
    /// that ended. Those that are done stay for the run that goes on with them.
    /// </summary>
    /// <param name="writer">The store's lease; no effect where it was taken over.</param>
    void WithdrawShards(LeaseGrant writer);

    /// <summary>Inserts what was asked for, or updates its row.</summary>
    void Save(LedgerRequest request);

    /// <summary>What the run <paramref name="id"/> was asked for with; null for one from a command line.</summary>
    LedgerRequest? Request(string id);

    /// <summary>The newest run of a schedule, as it was asked for; null where it has none.</summary>
    LedgerRequest? NewestRequest(string schedule);

    /// <summary>Takes the requests that wait for a queue out of the ledger, the oldest first: of hosts that ask at once, one gets each.</summary>
    IReadOnlyList<LedgerRequest> TakeWaiting();

    /// <summary>Up to when the times of a schedule are accounted for; null where that was never noted.</summary>
    LedgerSchedule? Schedule(string name);

    void Save(LedgerSchedule schedule);

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
    /// Deletes what is older than <paramref name="before"/>: lines of logs, progress and left-over shards of runs, alerts that were told, leases of sessions.
    /// What runs were asked for with stays, and so does the lease that writers are told apart by. In portions, so that nobody waits for long.
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
    string? JobId = null,
    string? Policy = null, bool Waits = false);

/// <summary>What a host that keeps its queue in memory has to know of a schedule after a restart, to tell whether a time was missed.</summary>
/// <param name="Cron">The expression in force when it was noted; null where that is not known. Another one has missed nothing.</param>
/// <param name="Served">Times up to this one are accounted for.</param>
internal sealed record LedgerSchedule(string Name, string? Cron, string? TimeZone, DateTimeOffset Served);

internal sealed record LedgerProgress(string RunId, string Stage, string Step, long Done, long Total, string Unit, double PerSecond, DateTimeOffset Updated);

/// <param name="Number">1 for a run's first line; given by the ledger.</param>
/// <param name="Level"><c>info</c>, <c>warning</c> or <c>error</c>.</param>
internal sealed record LedgerLogLine(long Number, DateTimeOffset Time, string Level, string Stage, string Text);

/// <param name="Kind"><c>failure</c>, <c>refused</c>, <c>stale</c> or <c>quarantine</c>.</param>
internal sealed record LedgerAlert(
    string Id, DateTimeOffset Raised, string Kind, string Title, string Text, string? RunId, bool Delivered, string? DeliveryMessage);
