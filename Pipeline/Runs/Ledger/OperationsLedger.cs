using System.Data.Common;
using System.Text.Json;
using Dapper;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Runs.Ledger;

/// <summary>
/// What of the operations ledger is alike in both engines: requests, progress, log and alerts. Whose clock rules a lease is the engine's matter.
/// </summary>
internal abstract class OperationsLedger(IOutputDatabase database) : IOperationsLedger
{
    protected const string Part = "operations";

    protected IOutputDatabase Database { get; } = database;

    public abstract LeaseGrant? TryAcquire(string name, string holder, TimeSpan term);

    public abstract bool Renew(LeaseGrant grant, TimeSpan term);

    public abstract LeaseState? Lease(string name);

    public abstract ShardClaim? ClaimShard(string holder, TimeSpan term, string? runId = null);

    public abstract bool RenewShard(ShardClaim claim, TimeSpan term);

    public abstract void Release(LeaseGrant grant);

    public void Save(LedgerRequest request)
    {
        using var connection = Database.Open();
        Database.Run(
            connection,
            """
            INSERT INTO job_requests VALUES (@Id, @Job, @Schedule, @parameters, @RequestedBy, @Node, @JobId, @Policy, @waits)
            ON CONFLICT (id) DO UPDATE SET job = excluded.job, schedule = excluded.schedule, parameters = excluded.parameters,
                requested_by = excluded.requested_by, node = excluded.node, job_id = excluded.job_id, policy = excluded.policy, waits = excluded.waits
            """,
            new
            {
                request.Id,
                request.Job,
                request.Schedule,
                parameters = JsonSerializer.Serialize(request.Parameters),
                request.RequestedBy,
                request.Node,
                request.JobId,
                request.Policy,
                waits = request.Waits ? 1L : 0L,
            });
    }

    public LedgerRequest? Request(string id) => ReadRequests("SELECT * FROM job_requests WHERE id = @id", new { id }) is [var found] ? found : null;

    public LedgerRequest? NewestRequest(string schedule) =>
        ReadRequests("SELECT * FROM job_requests WHERE schedule = @schedule AND waits = 0 ORDER BY id DESC LIMIT 1", new { schedule }) is [var found]
            ? found
            : null;

    public IReadOnlyList<LedgerRequest> TakeWaiting() =>
        [.. ReadRequests("DELETE FROM job_requests WHERE waits = 1 RETURNING *", new { }).OrderBy(r => r.Id, StringComparer.Ordinal)];

    public LedgerSchedule? Schedule(string name) => Query(
        "SELECT * FROM schedule_times WHERE schedule = @name", new { name },
        r => new LedgerSchedule(r.schedule, r.cron, r.time_zone, LedgerValues.Time(r.served))) is [var found] ? found : null;

    public void Save(LedgerSchedule schedule) => Change(
        """
        INSERT INTO schedule_times VALUES (@Name, @Cron, @TimeZone, @served)
        ON CONFLICT (schedule) DO UPDATE SET cron = excluded.cron, time_zone = excluded.time_zone, served = excluded.served
        """,
        new { schedule.Name, schedule.Cron, schedule.TimeZone, served = Database.Time(schedule.Served) });

    public void SaveProgress(LedgerProgress progress)
    {
        using var connection = Database.Open();
        Database.Run(
            connection,
            """
            INSERT INTO run_progress VALUES (@RunId, @Stage, @Step, @Done, @Total, @Unit, @PerSecond, @updated)
            ON CONFLICT (run_id, stage) DO UPDATE SET step = excluded.step, done = excluded.done, total = excluded.total, unit = excluded.unit,
                per_second = excluded.per_second, updated = excluded.updated
            """,
            new
            {
                progress.RunId,
                progress.Stage,
                progress.Step,
                progress.Done,
                progress.Total,
                progress.Unit,
                progress.PerSecond,
                updated = Database.Time(progress.Updated),
            });
    }

    public IReadOnlyList<LedgerProgress> Progress(string runId) => Query(
        "SELECT * FROM run_progress WHERE run_id = @runId ORDER BY updated, stage", new { runId },
        r => new LedgerProgress(r.run_id, r.stage, r.step, r.done, r.total, r.unit, r.per_second, LedgerValues.Time(r.updated)));

    public void AppendLog(string runId, IReadOnlyList<LedgerLogLine> lines)
    {
        using var connection = Database.Open();
        using var transaction = Database.Begin(connection);
        LockLog(connection, runId);
        long last = connection.ExecuteScalar<long>("SELECT coalesce(max(number), 0) FROM run_log WHERE run_id = @runId", Database.Arguments(new { runId }));
        Database.Run(
            connection,
            "INSERT INTO run_log VALUES (@runId, @number, @time, @Level, @Stage, @Text)",
            lines.Select((l, i) => new { runId, number = last + i + 1, time = Database.Time(l.Time), l.Level, l.Stage, l.Text }));
        transaction.Commit();
    }

    public IReadOnlyList<LedgerLogLine> Log(string runId, long after, int limit) => Query(
        "SELECT * FROM run_log WHERE run_id = @runId AND number > @after ORDER BY number LIMIT @limit", new { runId, after, limit },
        r => new LedgerLogLine(r.number, LedgerValues.Time(r.time), r.level, r.stage, r.text));

    public IReadOnlyList<LedgerLogLine> LogEnd(string runId, int limit) => Query(
        "SELECT * FROM (SELECT * FROM run_log WHERE run_id = @runId ORDER BY number DESC LIMIT @limit) AS last ORDER BY number", new { runId, limit },
        r => new LedgerLogLine(r.number, LedgerValues.Time(r.time), r.level, r.stage, r.text));

    public void Save(LedgerAlert alert)
    {
        using var connection = Database.Open();
        Database.Run(
            connection,
            """
            INSERT INTO alerts VALUES (@Id, @raised, @Kind, @Title, @Text, @RunId, @delivered, @DeliveryMessage)
            ON CONFLICT (id) DO UPDATE SET
                raised = excluded.raised, kind = excluded.kind, title = excluded.title, text = excluded.text, run_id = excluded.run_id,
                delivered = excluded.delivered, delivery_message = excluded.delivery_message
            """,
            new
            {
                alert.Id,
                raised = Database.Time(alert.Raised),
                alert.Kind,
                alert.Title,
                alert.Text,
                alert.RunId,
                delivered = alert.Delivered ? 1L : 0L,
                alert.DeliveryMessage,
            });
    }

    public IReadOnlyList<LedgerAlert> Alerts(int limit) => Query(
        "SELECT * FROM alerts ORDER BY raised DESC, id DESC LIMIT @limit", new { limit },
        r => new LedgerAlert(r.id, LedgerValues.Time(r.raised), r.kind, r.title, r.text, r.run_id, r.delivered != 0, r.delivery_message));

    public long Prune(DateTimeOffset before)
    {
        long rows = 0;
        foreach (string sql in LedgerRetention.Statements)
        {
            int gone;
            do
            {
                using var connection = Database.Open();
                gone = Database.Run(connection, sql, new { before = Database.Time(before), portion = LedgerRetention.Portion });
                rows += gone;
            }
            while (gone == LedgerRetention.Portion);
        }
        return rows;
    }

    public void PostShards(string runId, string stage, IReadOnlyList<string> shards)
    {
        using var connection = Database.Open();
        using var transaction = Database.Begin(connection);
        Database.Run(
            connection,
            "INSERT INTO run_shards VALUES (@runId, @stage, @shard, @number, 'open', NULL, 0, 0, NULL, NULL) ON CONFLICT DO NOTHING",
            shards.Select((shard, number) => new { runId, stage, shard, number }));
        transaction.Commit();
    }

    public bool CompleteShard(ShardClaim claim) => Change(
        "UPDATE run_shards SET state = 'done', expires = NULL, message = NULL WHERE run_id = @RunId AND stage = @Stage AND shard = @Shard "
        + "AND token = @Token AND state = 'taken'",
        new { claim.RunId, claim.Stage, claim.Shard, claim.Token });

    public void FailShard(ShardClaim claim, string message) => Change(
        "UPDATE run_shards SET state = 'open', holder = NULL, expires = NULL, message = @message WHERE run_id = @RunId AND stage = @Stage AND shard = @Shard "
        + "AND token = @Token AND state = 'taken'",
        new { claim.RunId, claim.Stage, claim.Shard, claim.Token, message });

    public IReadOnlyList<ShardState> Shards(string runId) => Query(
        "SELECT * FROM run_shards WHERE run_id = @runId ORDER BY stage, number", new { runId },
        r => new ShardState(r.run_id, r.stage, r.shard, r.state, r.holder, (int)r.attempts, r.message));

    public void ClearShards(string runId) => Change("DELETE FROM run_shards WHERE run_id = @runId", new { runId });

    public void WithdrawShards(LeaseGrant writer) => Change(
        "DELETE FROM run_shards WHERE state <> 'done' AND EXISTS (SELECT 1 FROM leases WHERE name = @Name AND token = @Token)",
        new { writer.Name, writer.Token });

    /// <summary>Makes others who would number lines of that run's log wait for the end of the transaction.</summary>
    protected abstract void LockLog(DbConnection connection, string runId);

    protected bool Change(string sql, object arguments)
    {
        using var connection = Database.Open();
        return Database.Run(connection, sql, arguments) == 1;
    }

    private List<LedgerRequest> ReadRequests(string sql, object arguments) => Query(
        sql, arguments,
        r => new LedgerRequest(
            r.id, r.job, JsonSerializer.Deserialize<Dictionary<string, string>>((string)r.parameters)!, r.requested_by, r.schedule, r.node, r.job_id, r.policy,
            r.waits != 0));

    protected List<T> Query<T>(string sql, object arguments, Func<dynamic, T> row)
    {
        using var connection = Database.Open();
        return [.. connection.Query(sql, Database.Arguments(arguments)).Select(r => row(r)).Cast<T>()];
    }
}
