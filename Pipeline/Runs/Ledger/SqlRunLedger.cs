using System.Globalization;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Runs.Ledger;

/// <summary>The ledger in the database that also holds the lists.</summary>
internal sealed class SqlRunLedger : IRunLedger
{
    private readonly IOutputDatabase _database;
    private readonly FencingToken? _fence;

    /// <param name="fence">The writer's: with it, nothing is written once another writer has taken the lease over.</param>
    public SqlRunLedger(IOutputDatabase database, FencingToken? fence = null)
    {
        (_database, _fence) = (database, fence);
        database.Migrate("ledger", SchemaText.For(database.Engine, LedgerSchema.Scripts));
    }

    public void Save(LedgerRun run)
    {
        using var connection = _database.Open();
        using var transaction = _database.Begin(connection, _fence);
        _database.Run(
            connection,
            """
            INSERT INTO runs VALUES (@RunId, @Job, @State, @Started, @Ended, @Attempts, @Seed, @Threads, @PlanHash, @Version, @Message)
            ON CONFLICT (run_id) DO UPDATE SET state = excluded.state, ended = excluded.ended, attempts = excluded.attempts, threads = excluded.threads,
                version = excluded.version, message = excluded.message
            """,
            run);
        transaction.Commit();
    }

    public void CloseAbandoned(string? except, DateTimeOffset now) => _database.Run(
        "UPDATE runs SET state = 'failed', ended = @now, message = 'its process ended before the run did' WHERE state = 'running' "
        + "AND run_id IS DISTINCT FROM @except",
        new { except, now });

    public void Save(LedgerStage stage, IReadOnlyDictionary<string, double> metrics, IReadOnlyList<ConstraintResult> checks)
    {
        using var connection = _database.Open();
        using var transaction = _database.Begin(connection, _fence);
        _database.Run(
            connection,
            """
            INSERT INTO run_stages
            SELECT @RunId, @Stage, (SELECT count(*) + 1 FROM run_stages WHERE run_id = @RunId), @State, @Hash, @Reason, @FromRun, @Started, @Seconds,
                @OutputBytes, @Message
            WHERE true
            ON CONFLICT (run_id, stage) DO UPDATE SET state = excluded.state, hash = excluded.hash, reason = excluded.reason, from_run = excluded.from_run,
                started = excluded.started, seconds = excluded.seconds, output_bytes = excluded.output_bytes, message = excluded.message;
            DELETE FROM run_metrics WHERE run_id = @RunId AND stage = @Stage;
            DELETE FROM quality_checks WHERE run_id = @RunId AND stage = @Stage;
            """,
            stage);
        _database.Run(
            connection,
            "INSERT INTO run_metrics VALUES (@RunId, @Stage, @Key, @Value)",
            metrics.Select(m => new { stage.RunId, stage.Stage, m.Key, m.Value }));
        _database.Run(
            connection,
            "INSERT INTO quality_checks VALUES (@RunId, @Stage, @Number, @Gate, @Name, @Level, @Value, @Expected, @Message)",
            checks.Select((c, i) => new { stage.RunId, stage.Stage, Number = i + 1, c.Gate, c.Name, c.Level, c.Value, c.Expected, c.Message }));
        transaction.Commit();
    }

    public void SaveQuarantine(string runId, IReadOnlyList<LedgerQuarantine> rows)
    {
        using var connection = _database.Open();
        using var transaction = _database.Begin(connection, _fence);
        _database.Run(connection, "DELETE FROM quarantine WHERE run_id = @runId", new { runId });
        _database.Run(
            connection,
            "INSERT INTO quarantine VALUES (@RunId, @File, @Reason, @Rows, @SampleRows)",
            rows.Select(r => r with { RunId = runId }));
        transaction.Commit();
    }

    public IReadOnlyList<LedgerRun> Runs(int limit) => ReadRuns("ORDER BY run_id DESC LIMIT @limit", new { limit });

    public IReadOnlyList<LedgerRun> Runs(RunFilter filter)
    {
        string[] wanted =
        [
            .. filter.Job is null ? [] : (string[])["job = @Job"], .. filter.State is null ? [] : (string[])["state = @State"],
            .. filter.From is null ? [] : (string[])["started >= @From"], .. filter.To is null ? [] : (string[])["started < @To"],
        ];
        string where = wanted.Length == 0 ? "" : "WHERE " + string.Join(" AND ", wanted);
        return ReadRuns($"{where} ORDER BY run_id DESC LIMIT @Limit OFFSET @Skip", filter);
    }

    public LedgerRun? Run(string runId) => ReadRuns("WHERE run_id = @runId", new { runId }) is [var run] ? run : null;

    public IReadOnlyList<LedgerStage> Stages(string runId) => _database.Query(
        "SELECT * FROM run_stages WHERE run_id = @runId ORDER BY number", new { runId },
        r => new LedgerStage(
            r.run_id, r.stage, Enum.Parse<StageState>((string)r.state, true), r.hash, r.reason, r.from_run, LedgerValues.Time(r.started), r.seconds,
            r.output_bytes, r.message));

    public IReadOnlyList<LedgerMetric> Metrics(string runId) => _database.Query(
        "SELECT * FROM run_metrics WHERE run_id = @runId ORDER BY stage, name", new { runId },
        r => new LedgerMetric(r.run_id, r.stage, r.name, (double?)r.value ?? double.NaN));

    public IReadOnlyList<LedgerCheck> Checks(string runId) => _database.Query(
        "SELECT c.* FROM quality_checks c JOIN run_stages s USING (run_id, stage) WHERE run_id = @runId ORDER BY s.number, c.number", new { runId },
        r => new LedgerCheck(
            r.run_id, r.stage,
            new ConstraintResult(r.gate, r.name, Enum.Parse<ConstraintLevel>((string)r.level, true), (double?)r.value ?? double.NaN, r.expected, r.message)));

    public IReadOnlyList<LedgerQuarantine> Quarantine(string runId) => _database.Query(
        "SELECT * FROM quarantine WHERE run_id = @runId ORDER BY file, reason", new { runId },
        r => new LedgerQuarantine(r.run_id, r.file, r.reason, r.rows, Rows((string)r.sample_rows)));

    public IReadOnlyList<double> History(string stage, string metric, int limit) => _database.Query<double>(
        """
        SELECT m.value FROM run_metrics m JOIN run_stages s USING (run_id, stage)
        WHERE stage = @stage AND m.name = @metric AND m.value IS NOT NULL AND s.state = 'finished' ORDER BY run_id DESC LIMIT @limit
        """,
        new { stage, metric, limit }, r => r.value);

    public IReadOnlyList<double> CheckHistory(string name, int limit) => _database.Query<double>(
        """
        SELECT c.value FROM quality_checks c JOIN run_stages s USING (run_id, stage)
        WHERE c.name = @name AND c.value IS NOT NULL AND s.state = 'finished' ORDER BY run_id DESC LIMIT @limit
        """,
        new { name, limit }, r => r.value);

    private List<LedgerRun> ReadRuns(string where, object arguments) => _database.Query(
        "SELECT * FROM runs " + where, arguments,
        r => new LedgerRun(
            r.run_id, r.job, Enum.Parse<RunState>((string)r.state, true), LedgerValues.Time(r.started), LedgerValues.TimeOrNull(r.ended), (int)r.attempts,
            ulong.Parse((string)r.seed, CultureInfo.InvariantCulture), (int)r.threads, r.plan_hash, r.version, r.message));

    private static long[] Rows(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(t => long.Parse(t, CultureInfo.InvariantCulture))];
}
