using System.Text.Json;
using Dapper;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Runs.Ledger;

/// <summary>
/// What hosts tell each other through the ledger's database: who may write, which shards are taken, what was asked for, how far a run is. Over SQLite those are
/// processes of one machine.
/// </summary>
internal sealed partial class OperationsLedger
{
    private readonly IOutputDatabase _database;
    private readonly TimeProvider _time;

    /// <param name="time">The clock of leases where the engine has none of its own.</param>
    public OperationsLedger(IOutputDatabase database, TimeProvider time)
    {
        (_database, _time) = (database, time);
        database.Migrate("operations", SchemaText.For(database.Engine, OperationsSchema.Scripts));
    }

    private bool IsServer => _database.Engine == OutputEngine.PostgreSql;

    /// <summary>Inserts what was asked for, or updates its row.</summary>
    public void Save(LedgerRequest request) => _database.Run(
        """
        INSERT INTO job_requests VALUES (@Id, @Job, @Schedule, @Parameters, @RequestedBy, @Node, @JobId, @Policy, @Waits)
        ON CONFLICT (id) DO UPDATE SET job = excluded.job, schedule = excluded.schedule, parameters = excluded.parameters,
            requested_by = excluded.requested_by, node = excluded.node, job_id = excluded.job_id, policy = excluded.policy, waits = excluded.waits
        """,
        request);

    /// <summary>What the run <paramref name="id"/> was asked for with; null for one from a command line.</summary>
    public LedgerRequest? Request(string id) => Requests("SELECT * FROM job_requests WHERE id = @id", new { id }).SingleOrDefault();

    /// <summary>The newest run of a schedule, as it was asked for; null where it has none.</summary>
    public LedgerRequest? NewestRequest(string schedule) =>
        Requests("SELECT * FROM job_requests WHERE schedule = @schedule AND waits = 0 ORDER BY id DESC LIMIT 1", new { schedule }).SingleOrDefault();

    /// <summary>Takes the requests that wait for a queue out of the ledger, the oldest first: of hosts that ask at once, one gets each.</summary>
    public IReadOnlyList<LedgerRequest> TakeWaiting() =>
        [.. Requests("DELETE FROM job_requests WHERE waits = 1 RETURNING *", new { }).OrderBy(r => r.Id, StringComparer.Ordinal)];

    /// <summary>Up to when the times of a schedule are accounted for; null where that was never noted.</summary>
    public LedgerSchedule? Schedule(string name) => _database.Query(
        "SELECT * FROM schedule_times WHERE schedule = @name", new { name },
        r => new LedgerSchedule(r.schedule, r.cron, r.time_zone, LedgerValues.Time(r.served))).SingleOrDefault();

    public void Save(LedgerSchedule schedule) => _database.Run(
        """
        INSERT INTO schedule_times VALUES (@Name, @Cron, @TimeZone, @Served)
        ON CONFLICT (schedule) DO UPDATE SET cron = excluded.cron, time_zone = excluded.time_zone, served = excluded.served
        """,
        schedule);

    /// <summary>How far the stage of a run is: one row a run and stage, replaced by each call.</summary>
    public void SaveProgress(LedgerProgress progress) => _database.Run(
        """
        INSERT INTO run_progress VALUES (@RunId, @Stage, @Step, @Done, @Total, @Unit, @PerSecond, @Updated)
        ON CONFLICT (run_id, stage) DO UPDATE SET step = excluded.step, done = excluded.done, total = excluded.total, unit = excluded.unit,
            per_second = excluded.per_second, updated = excluded.updated
        """,
        progress);

    public IReadOnlyList<LedgerProgress> Progress(string runId) => _database.Query(
        "SELECT * FROM run_progress WHERE run_id = @runId ORDER BY updated, stage", new { runId },
        r => new LedgerProgress(r.run_id, r.stage, r.step, r.done, r.total, r.unit, r.per_second, LedgerValues.Time(r.updated)));

    /// <summary>Adds lines to a run's log.</summary>
    public void AppendLog(string runId, IReadOnlyList<LedgerLogLine> lines)
    {
        using var connection = _database.Open();
        using var transaction = _database.Begin(connection);
        var run = _database.Arguments(new { runId });
        // Others who would number lines of that run wait for the end of the transaction; one of SQLite keeps all others out by itself.
        if (IsServer) connection.Execute("SELECT pg_advisory_xact_lock(hashtextextended('run_log ' || current_schema() || @runId, 0))", run);
        long last = connection.ExecuteScalar<long>("SELECT coalesce(max(number), 0) FROM run_log WHERE run_id = @runId", run);
        _database.Run(
            connection,
            "INSERT INTO run_log VALUES (@runId, @number, @Time, @Level, @Stage, @Text)",
            lines.Select((l, i) => new { runId, number = last + i + 1, l.Time, l.Level, l.Stage, l.Text }));
        transaction.Commit();
    }

    /// <summary>Lines after <paramref name="after"/> (0: from the first), in order.</summary>
    public IReadOnlyList<LedgerLogLine> Log(string runId, long after, int limit) =>
        Lines("SELECT * FROM run_log WHERE run_id = @runId AND number > @after ORDER BY number LIMIT @limit", new { runId, after, limit });

    /// <summary>The last lines, in order.</summary>
    public IReadOnlyList<LedgerLogLine> LogEnd(string runId, int limit) => Lines(
        "SELECT * FROM (SELECT * FROM run_log WHERE run_id = @runId ORDER BY number DESC LIMIT @limit) AS last ORDER BY number", new { runId, limit });

    /// <summary>Lines that hold a text, in whatever case, and are of a level or a worse one; in order, after <paramref name="after"/>.</summary>
    /// <param name="levels">Levels that are wanted.</param>
    public IReadOnlyList<LedgerLogLine> SearchLog(string runId, string text, IReadOnlyCollection<string> levels, long after, int limit) =>
        [.. Log(runId, after, int.MaxValue)
            .Where(l => levels.Contains(l.Level)
                && (l.Text.Contains(text, StringComparison.OrdinalIgnoreCase) || l.Stage.Contains(text, StringComparison.OrdinalIgnoreCase)))
            .Take(limit)];

    public void Save(LedgerAlert alert) => _database.Run(
        """
        INSERT INTO alerts VALUES (@Id, @Raised, @Kind, @Title, @Text, @RunId, @Delivered, @DeliveryMessage)
        ON CONFLICT (id) DO UPDATE SET
            raised = excluded.raised, kind = excluded.kind, title = excluded.title, text = excluded.text, run_id = excluded.run_id,
            delivered = excluded.delivered, delivery_message = excluded.delivery_message
        """,
        alert);

    /// <summary>The newest alerts, newest first.</summary>
    public IReadOnlyList<LedgerAlert> Alerts(int limit) => _database.Query(
        "SELECT * FROM alerts ORDER BY raised DESC, id DESC LIMIT @limit", new { limit },
        r => new LedgerAlert(r.id, LedgerValues.Time(r.raised), r.kind, r.title, r.text, r.run_id, r.delivered != 0, r.delivery_message));

    /// <summary>
    /// Deletes what is older than <paramref name="before"/>: lines of logs, progress and left-over shards of runs, alerts that were told, leases of sessions.
    /// What runs were asked for with stays, and so does the lease that writers are told apart by. In portions, so that nobody waits for long.
    /// </summary>
    /// <returns>Rows that went.</returns>
    public long Prune(DateTimeOffset before)
    {
        long rows = 0;
        foreach (string sql in LedgerRetention.Statements)
        {
            int gone;
            do
            {
                gone = _database.Run(sql, new { before, portion = LedgerRetention.Portion });
                rows += gone;
            }
            while (gone == LedgerRetention.Portion);
        }
        return rows;
    }

    private List<LedgerLogLine> Lines(string sql, object arguments) =>
        _database.Query(sql, arguments, r => new LedgerLogLine(r.number, LedgerValues.Time(r.time), r.level, r.stage, r.text));

    private List<LedgerRequest> Requests(string sql, object arguments) => _database.Query(
        sql, arguments,
        r => new LedgerRequest(
            r.id, r.job, JsonSerializer.Deserialize<Dictionary<string, string>>((string)r.parameters)!, r.requested_by, r.schedule, r.node, r.job_id, r.policy,
            r.waits != 0));
}
