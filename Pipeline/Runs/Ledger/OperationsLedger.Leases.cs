using Dapper;
using Npgsql;

namespace Recsys.Batch.Pipeline.Runs.Ledger;

/// <summary>
/// Leases and claims on shards. PostgreSQL's own clock rules them, so that hosts with wrong clocks agree; over SQLite that of the machine, which all share.
/// </summary>
internal sealed partial class OperationsLedger
{
    private string Now => IsServer ? "clock_timestamp()" : "@now";

    private string Expires => IsServer ? "clock_timestamp() + @seconds * interval '1 second'" : "@expires";

    /// <summary>Takes the lease <paramref name="name"/> where it is free or its holder's time is up; null where another holds it.</summary>
    /// <param name="holder">Host and process, as a person reads it.</param>
    public LeaseGrant? TryAcquire(string name, string holder, TimeSpan term)
    {
        using var connection = _database.Open();
        using var transaction = _database.Begin(connection);
        try
        {
            if (IsServer) connection.Execute("SET LOCAL lock_timeout = '5s'");
            long? token = connection.ExecuteScalar<long?>(
                $"""
                INSERT INTO leases VALUES (@name, @holder, 1, {Expires})
                ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, token = leases.token + 1, expires = {Expires}
                WHERE leases.expires <= {Now}
                RETURNING token
                """,
                Timed(new { name, holder }, term));
            transaction.Commit();
            return token is { } taken ? new LeaseGrant(name, holder, taken) : null;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            // The holder is inside a transaction that its lease guards: it is at work.
            return null;
        }
    }

    /// <summary>Extends a lease; false where it was taken over in the meantime: the caller stops at once.</summary>
    public bool Renew(LeaseGrant grant, TimeSpan term) => Change($"UPDATE leases SET expires = {Expires} WHERE name = @Name AND token = @Token", grant, term);

    /// <summary>Gives the lease back; no effect where it was taken over.</summary>
    public void Release(LeaseGrant grant) => Change($"UPDATE leases SET expires = {Now}, token = token + 1 WHERE name = @Name AND token = @Token", grant);

    /// <summary>The lease as it stands; null where it was never taken.</summary>
    public LeaseState? Lease(string name)
    {
        using var connection = _database.Open();
        return connection.Query($"SELECT *, CASE WHEN expires > {Now} THEN 1 ELSE 0 END AS held FROM leases WHERE name = @name", Timed(new { name }))
            .Select(r => new LeaseState(r.name, r.holder, r.token, LedgerValues.Time(r.expires), r.held == 1)).SingleOrDefault();
    }

    /// <summary>Posts a run's shards as open; those already known stay as they are.</summary>
    public void PostShards(string runId, string stage, IReadOnlyList<string> shards)
    {
        using var connection = _database.Open();
        using var transaction = _database.Begin(connection);
        _database.Run(
            connection,
            "INSERT INTO run_shards VALUES (@runId, @stage, @shard, @number, 'open', NULL, 0, 0, NULL, NULL) ON CONFLICT DO NOTHING",
            shards.Select((shard, number) => new { runId, stage, shard, number }));
        transaction.Commit();
    }

    /// <summary>Takes an open shard of a run, or one whose holder's time is up; null where there is none.</summary>
    public ShardClaim? ClaimShard(string runId, string holder, TimeSpan term)
    {
        using var connection = _database.Open();
        using var transaction = _database.Begin(connection);
        if (!IsServer) connection.Execute("UPDATE shard_tokens SET last = last + 1");
        // Workers that ask at once skip the rows that others are just taking, rather than wait for them.
        var claimed = connection.Query(
            $"""
            UPDATE run_shards SET state = 'taken', holder = @holder, attempts = attempts + 1, expires = {Expires},
                token = {(IsServer ? "nextval('shard_tokens')" : "(SELECT last FROM shard_tokens)")}
            WHERE (run_id, stage, shard) = (
                SELECT run_id, stage, shard FROM run_shards
                WHERE run_id = @runId AND (state = 'open' OR state = 'taken' AND expires <= {Now})
                ORDER BY attempts, stage, number LIMIT 1{(IsServer ? " FOR UPDATE SKIP LOCKED" : "")})
            RETURNING stage, shard, token
            """,
            Timed(new { runId, holder }, term)).SingleOrDefault();
        transaction.Commit();
        return claimed is null ? null : new ShardClaim(runId, claimed.stage, claimed.shard, holder, claimed.token);
    }

    /// <summary>Extends a claim; false where another worker took it over: the caller stops.</summary>
    public bool RenewShard(ShardClaim claim, TimeSpan term) => ChangeShard($"expires = {Expires}", claim, term);

    /// <summary>Marks the shard done; false where it was taken over or is done already.</summary>
    public bool CompleteShard(ShardClaim claim) => ChangeShard("state = 'done', expires = NULL, message = NULL", claim);

    /// <summary>Puts a shard back with the reason, for another worker to take.</summary>
    public void FailShard(ShardClaim claim, string message) =>
        ChangeShard("state = 'open', holder = NULL, expires = NULL, message = @message", new { claim.RunId, claim.Stage, claim.Shard, claim.Token, message });

    public IReadOnlyList<ShardState> Shards(string runId) => _database.Query(
        "SELECT * FROM run_shards WHERE run_id = @runId ORDER BY stage, number", new { runId },
        r => new ShardState(r.run_id, r.stage, r.shard, r.state, r.holder, (int)r.attempts, r.message));

    /// <summary>Removes a run's shards.</summary>
    public void ClearShards(string runId) => _database.Run("DELETE FROM run_shards WHERE run_id = @runId", new { runId });

    /// <summary>
    /// Removes what nobody has done yet of all runs' shards: the store's one writer says so when no run of its own is at work, so that workers go on with none
    /// that ended. Those that are done stay for the run that goes on with them.
    /// </summary>
    /// <param name="writer">The store's lease; no effect where it was taken over.</param>
    public void WithdrawShards(LeaseGrant writer) => _database.Run(
        "DELETE FROM run_shards WHERE state <> 'done' AND EXISTS (SELECT 1 FROM leases WHERE name = @Name AND token = @Token)", writer);

    /// <summary>Changes a shard as long as it is the claim's.</summary>
    private bool ChangeShard(string set, object claim, TimeSpan term = default) => Change(
        $"UPDATE run_shards SET {set} WHERE run_id = @RunId AND stage = @Stage AND shard = @Shard AND token = @Token AND state = 'taken'", claim, term);

    private bool Change(string sql, object arguments, TimeSpan term = default)
    {
        using var connection = _database.Open();
        return connection.Execute(sql, Timed(arguments, term)) == 1;
    }

    private DynamicParameters Timed(object arguments, TimeSpan term = default)
    {
        var timed = _database.Arguments(arguments);
        if (IsServer)
        {
            timed.Add("seconds", term.TotalSeconds);
        }
        else
        {
            timed.Add("now", _database.Value(_time.GetUtcNow()));
            timed.Add("expires", _database.Value(_time.GetUtcNow() + term));
        }
        return timed;
    }
}
