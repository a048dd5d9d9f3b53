using Dapper;
using Microsoft.Data.Sqlite;
using Recsys.Batch.Pipeline.Publish.Sqlite;

namespace Recsys.Batch.Pipeline.Runs.Ledger;

public sealed partial class SqliteOperationsLedger
{
    public LeaseGrant? TryAcquire(string name, string holder, TimeSpan term)
    {
        using var connection = _database.Open();
        using var transaction = WriteTransaction.Begin(connection);
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

    public bool Renew(LeaseGrant grant, TimeSpan term) => Change(
        "UPDATE leases SET expires = @expires WHERE name = @Name AND token = @Token", new { grant.Name, grant.Token, expires = In(term) });

    public void Release(LeaseGrant grant) => Change(
        "UPDATE leases SET expires = @now, token = token + 1 WHERE name = @Name AND token = @Token", new { grant.Name, grant.Token, now = Now });

    public LeaseState? Lease(string name)
    {
        var found = Query(
            "SELECT * FROM leases WHERE name = @name", new { name },
            r => new LeaseState(r.name, r.holder, r.token, LedgerText.Time((string)r.expires), string.CompareOrdinal((string)r.expires, Now) > 0));
        return found is [var lease] ? lease : null;
    }

    public void PostShards(string runId, string stage, IReadOnlyList<string> shards)
    {
        using var connection = _database.Open();
        using var transaction = WriteTransaction.Begin(connection);
        connection.Execute(
            "INSERT INTO run_shards VALUES (@runId, @stage, @shard, @number, 'open', NULL, 0, 0, NULL, NULL) ON CONFLICT DO NOTHING",
            shards.Select((shard, number) => new { runId, stage, shard, number }));
        transaction.Commit();
    }

    public ShardClaim? ClaimShard(string holder, TimeSpan term, string? runId = null)
    {
        using var connection = _database.Open();
        using var transaction = WriteTransaction.Begin(connection);
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

    public bool RenewShard(ShardClaim claim, TimeSpan term) => Change(
        "UPDATE run_shards SET expires = @expires WHERE run_id = @RunId AND stage = @Stage AND shard = @Shard AND token = @Token AND state = 'taken'",
        new { claim.RunId, claim.Stage, claim.Shard, claim.Token, expires = In(term) });

    public bool CompleteShard(ShardClaim claim) => Change(
        "UPDATE run_shards SET state = 'done', expires = NULL, message = NULL WHERE run_id = @RunId AND stage = @Stage AND shard = @Shard AND token = @Token AND state = 'taken'",
        new { claim.RunId, claim.Stage, claim.Shard, claim.Token });

    public void FailShard(ShardClaim claim, string message) => Change(
        "UPDATE run_shards SET state = 'open', holder = NULL, expires = NULL, message = @message WHERE run_id = @RunId AND stage = @Stage AND shard = @Shard AND token = @Token AND state = 'taken'",
        new { claim.RunId, claim.Stage, claim.Shard, claim.Token, message });

    public IReadOnlyList<ShardState> Shards(string runId) => Query(
        "SELECT * FROM run_shards WHERE run_id = @runId ORDER BY stage, number", new { runId },
        r => new ShardState(r.run_id, r.stage, r.shard, r.state, r.holder, (int)r.attempts, r.message));

    public void ClearShards(string runId) => Change("DELETE FROM run_shards WHERE run_id = @runId", new { runId });

    private string Now => LedgerText.Of(_time.GetUtcNow());

    private string In(TimeSpan term) => LedgerText.Of(_time.GetUtcNow() + term);

    private bool Change(string sql, object arguments)
    {
        using SqliteConnection connection = _database.Open();
        return connection.Execute(sql, arguments) == 1;
    }
}
