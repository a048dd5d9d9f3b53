using System.Data.Common;
using Dapper;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Runs.Ledger;

/// <summary>The operations ledger in the SQLite file that also holds the lists: processes of one machine, whose clock is every lease's.</summary>
internal sealed class SqliteOperationsLedger : OperationsLedger
{
    private readonly TimeProvider _time;

    public SqliteOperationsLedger(IOutputDatabase database, TimeProvider time)
        : base(database)
    {
        _time = time;
        database.Migrate(Part, SqliteOperationsSchema.Scripts);
    }

    public override LeaseGrant? TryAcquire(string name, string holder, TimeSpan term)
    {
        using var connection = Database.Open();
        using var transaction = Database.Begin(connection);
        long? token = connection.ExecuteScalar<long?>(
            """
            INSERT INTO leases VALUES (@name, @holder, 1, @expires)
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, token = leases.token + 1, expires = excluded.expires WHERE leases.expires <= @now
            RETURNING token
            """,
            new { name, holder, expires = In(term), now = Now });
        transaction.Commit();
        return token is { } taken ? new LeaseGrant(name, holder, taken) : null;
    }

    public override bool Renew(LeaseGrant grant, TimeSpan term) => Change(
        "UPDATE leases SET expires = @expires WHERE name = @Name AND token = @Token", new { grant.Name, grant.Token, expires = In(term) });

    public override void Release(LeaseGrant grant) => Change(
        "UPDATE leases SET expires = @now, token = token + 1 WHERE name = @Name AND token = @Token", new { grant.Name, grant.Token, now = Now });

    public override LeaseState? Lease(string name)
    {
        var found = Query(
            "SELECT * FROM leases WHERE name = @name", new { name },
            r => new LeaseState(r.name, r.holder, r.token, LedgerValues.Time(r.expires), string.CompareOrdinal((string)r.expires, Now) > 0));
        return found is [var lease] ? lease : null;
    }

    public override ShardClaim? ClaimShard(string holder, TimeSpan term, string? runId = null)
    {
        using var connection = Database.Open();
        using var transaction = Database.Begin(connection);
        long token = connection.ExecuteScalar<long>("UPDATE shard_tokens SET last = last + 1 RETURNING last");
        var claimed = connection.Query(
            """
            UPDATE run_shards SET state = 'taken', holder = @holder, token = @token, attempts = attempts + 1, expires = @expires
            WHERE (run_id, stage, shard) = (
                SELECT run_id, stage, shard FROM run_shards
                WHERE (state = 'open' OR state = 'taken' AND expires <= @now) AND (@runId IS NULL OR run_id = @runId)
                ORDER BY attempts, run_id, stage, number LIMIT 1)
            RETURNING run_id, stage, shard
            """,
            new { holder, token, expires = In(term), now = Now, runId }).ToList();
        transaction.Commit();
        return claimed is [var r] ? new ShardClaim(r.run_id, r.stage, r.shard, holder, token) : null;
    }

    public override bool RenewShard(ShardClaim claim, TimeSpan term) => Change(
        "UPDATE run_shards SET expires = @expires WHERE run_id = @RunId AND stage = @Stage AND shard = @Shard AND token = @Token AND state = 'taken'",
        new { claim.RunId, claim.Stage, claim.Shard, claim.Token, expires = In(term) });

    /// <summary>Nothing to do: a writing transaction of SQLite keeps all others out.</summary>
    protected override void LockLog(DbConnection connection, string runId)
    {
    }

    private string Now => (string)Database.Time(_time.GetUtcNow())!;

    private object? In(TimeSpan term) => Database.Time(_time.GetUtcNow() + term);
}
