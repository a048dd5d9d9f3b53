using System.Text.Json;
using Dapper;
using Recsys.Batch.Pipeline.Publish.Sqlite;

namespace Recsys.Batch.Pipeline.Runs.Ledger;

/// <summary>The operations ledger in the SQLite file that also holds the lists: processes of one machine, whose clock is every lease's.</summary>
public sealed partial class SqliteOperationsLedger : IOperationsLedger
{
    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;

    public SqliteOperationsLedger(SqliteDatabase database, TimeProvider time)
    {
        (_database, _time) = (database, time);
        database.Migrate(SqliteOperationsSchema.Part, SqliteOperationsSchema.Scripts);
    }

    public void Save(LedgerExecution execution)
    {
        using var connection = _database.Open();
        connection.Execute(
            """
            INSERT INTO executions VALUES (@Id, @Job, @Schedule, @parameters, @RequestedBy, @state, @queued, @Node, @started, @ended, @RunId, @Attempt, @Message, NULL)
            ON CONFLICT (id) DO UPDATE SET job = excluded.job, schedule = excluded.schedule, parameters = excluded.parameters, requested_by = excluded.requested_by,
                state = excluded.state, queued = excluded.queued, node = excluded.node, started = excluded.started, ended = excluded.ended, run_id = excluded.run_id,
                attempt = excluded.attempt, message = excluded.message
            """,
            new
            {
                execution.Id,
                execution.Job,
                execution.Schedule,
                parameters = JsonSerializer.Serialize(execution.Parameters),
                execution.RequestedBy,
                state = LedgerText.Name(execution.State),
                queued = LedgerText.Of(execution.Queued),
                execution.Node,
                started = LedgerText.Of(execution.Started),
                ended = LedgerText.Of(execution.Ended),
                execution.RunId,
                execution.Attempt,
                execution.Message,
            });
    }

    public LedgerExecution? Execution(string id) => ReadExecutions("WHERE id = @id", new { id }) is [var found] ? found : null;

    public IReadOnlyList<LedgerExecution> Executions(int limit) => ReadExecutions("ORDER BY queued DESC, id DESC LIMIT @limit", new { limit });

    public bool RequestCancel(string id, string by)
    {
        using var connection = _database.Open();
        return connection.Execute(
            "UPDATE executions SET cancel_requested_by = coalesce(cancel_requested_by, @by) WHERE id = @id AND state IN ('queued', 'running')", new { id, by }) == 1;
    }

    public string? CancelRequestedBy(string id)
    {
        using var connection = _database.Open();
        return connection.ExecuteScalar<string?>("SELECT cancel_requested_by FROM executions WHERE id = @id", new { id });
    }

    public void SaveProgress(LedgerProgress progress)
    {
        using var connection = _database.Open();
        connection.Execute(
            "INSERT OR REPLACE INTO run_progress VALUES (@RunId, @Stage, @Step, @Done, @Total, @Unit, @PerSecond, @updated)",
            new { progress.RunId, progress.Stage, progress.Step, progress.Done, progress.Total, progress.Unit, progress.PerSecond, updated = LedgerText.Of(progress.Updated) });
    }

    public IReadOnlyList<LedgerProgress> Progress(string runId) => Query(
        "SELECT * FROM run_progress WHERE run_id = @runId ORDER BY updated, stage", new { runId },
        r => new LedgerProgress(r.run_id, r.stage, r.step, r.done, r.total, r.unit, r.per_second, LedgerText.Time((string)r.updated)));

    public void AppendLog(string runId, IReadOnlyList<LedgerLogLine> lines)
    {
        using var connection = _database.Open();
        using var transaction = WriteTransaction.Begin(connection);
        long last = connection.ExecuteScalar<long>("SELECT coalesce(max(number), 0) FROM run_log WHERE run_id = @runId", new { runId });
        connection.Execute(
            "INSERT INTO run_log VALUES (@runId, @number, @time, @Level, @Stage, @Text)",
            lines.Select((l, i) => new { runId, number = last + i + 1, time = LedgerText.Of(l.Time), l.Level, l.Stage, l.Text }));
        transaction.Commit();
    }

    public IReadOnlyList<LedgerLogLine> Log(string runId, long after, int limit) => Query(
        "SELECT * FROM run_log WHERE run_id = @runId AND number > @after ORDER BY number LIMIT @limit", new { runId, after, limit },
        r => new LedgerLogLine(r.number, LedgerText.Time((string)r.time), r.level, r.stage, r.text));

    public void Save(LedgerAlert alert)
    {
        using var connection = _database.Open();
        connection.Execute(
            "INSERT OR REPLACE INTO alerts VALUES (@Id, @raised, @Kind, @Title, @Text, @RunId, @Delivered, @DeliveryMessage)",
            new { alert.Id, raised = LedgerText.Of(alert.Raised), alert.Kind, alert.Title, alert.Text, alert.RunId, alert.Delivered, alert.DeliveryMessage });
    }

    public IReadOnlyList<LedgerAlert> Alerts(int limit) => Query(
        "SELECT * FROM alerts ORDER BY raised DESC, id DESC LIMIT @limit", new { limit },
        r => new LedgerAlert(r.id, LedgerText.Time((string)r.raised), r.kind, r.title, r.text, r.run_id, r.delivered != 0, r.delivery_message));

    private List<LedgerExecution> ReadExecutions(string where, object arguments) => Query(
        "SELECT * FROM executions " + where, arguments,
        r => new LedgerExecution(
            r.id, r.job, r.schedule, JsonSerializer.Deserialize<Dictionary<string, string>>((string)r.parameters)!, r.requested_by, Enum.Parse<ExecutionState>((string)r.state, true),
            LedgerText.Time((string)r.queued), r.node, LedgerText.TimeOrNull((string?)r.started), LedgerText.TimeOrNull((string?)r.ended), r.run_id, (int)r.attempt, r.message));

    private List<T> Query<T>(string sql, object arguments, Func<dynamic, T> row)
    {
        using var connection = _database.Open();
        return [.. connection.Query(sql, arguments).Select(r => row(r)).Cast<T>()];
    }
}
