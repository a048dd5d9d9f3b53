using System.Data.Common;
using Dapper;
using Npgsql;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Runs.Ledger;

/// <summary>The operations ledger on PostgreSQL: hosts whose clocks disagree share the server's.</summary>
internal sealed class PostgresOperationsLedger : OperationsLedger
{
    private const string Expires = "clock_timestamp() + @seconds * interval '1 second'";

    public PostgresOperationsLedger(IOutputDatabase database)
        : base(database) => database.Migrate(Part, PostgresOperationsSchema.Scripts);

    public override LeaseGrant? TryAcquire(string name, string holder, TimeSpan term)
    {
        using var connection = Database.Open();
        using var transaction = Database.Begin(connection);
        try
        {
            connection.Execute("SET LOCAL lock_timeout = '5s'");
            long? token = connection.ExecuteScalar<long?>(
                $"""
                INSERT INTO leases VALUES (@name, @holder, 1, {Expires})
                ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, token = leases.token + 1, expires = {Expires}
                WHERE leases.expires <= clock_timestamp()
                RETURNING token
                """,
                Database.Arguments(new { name, holder, seconds = term.TotalSeconds }));
            transaction.Commit();
            return token is { } taken ? new LeaseGrant(name, holder, taken) : null;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            // The holder is inside a transaction that its lease guards: it is at work.
            return null;
        }
    }

    public override bool Renew(LeaseGrant grant, TimeSpan term) => Change(
        $"UPDATE leases SET expires = {Expires} WHERE name = @Name AND token = @Token", new { grant.Name, grant.Token, seconds = term.TotalSeconds });

    public override void Release(LeaseGrant grant) => Change(
        "UPDATE leases SET expires = clock_timestamp(), token = token + 1 WHERE name = @Name AND token = @Token", new { grant.Name, grant.Token });

    public override LeaseState? Lease(string name)
    {
        var found = Query(
            "SELECT *, expires > clock_timestamp() AS held FROM leases WHERE name = @name", new { name },
            r => new LeaseState(r.name, r.holder, r.token, LedgerValues.Time(r.expires), r.held));
        return found is [var lease] ? lease : null;
    }

    public override ShardClaim? ClaimShard(string holder, TimeSpan term, string? runId = null)
    {
        // Workers that ask at once skip the rows that others are just taking, rather than wait for them.
        var claimed = Query(
            $"""
            UPDATE run_shards SET state = 'taken', holder = @holder, token = nextval('shard_tokens'), attempts = attempts + 1, expires = {Expires}
            WHERE (run_id, stage, shard) = (
                SELECT run_id, stage, shard FROM run_shards
                WHERE (state = 'open' OR state = 'taken' AND expires <= clock_timestamp()) AND (@runId IS NULL OR run_id = @runId)
                ORDER BY attempts, run_id, stage, number LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING run_id, stage, shard, token
            """,
            new { holder, runId, seconds = term.TotalSeconds },
            r => new ShardClaim(r.run_id, r.stage, r.shard, holder, r.token));
        return claimed is [var claim] ? claim : null;
    }

    public override bool RenewShard(ShardClaim claim, TimeSpan term) => Change(
        $"UPDATE run_shards SET expires = {Expires} WHERE run_id = @RunId AND stage = @Stage AND shard = @Shard AND token = @Token AND state = 'taken'",
        new { claim.RunId, claim.Stage, claim.Shard, claim.Token, seconds = term.TotalSeconds });

    protected override void LockLog(DbConnection connection, string runId) =>
        connection.Execute("SELECT pg_advisory_xact_lock(hashtextextended('run_log ' || current_schema() || @runId, 0))", Database.Arguments(new { runId }));
}
