namespace Recsys.Batch.Pipeline.Runs.Ledger;

internal static class OperationsSchema
{
    /// <summary>Appended only: a script that was released is never changed. Output stores read <c>leases</c> too.</summary>
    public static readonly IReadOnlyList<string> Scripts =
    [
        """
        CREATE TABLE leases (
            name TEXT PRIMARY KEY,
            holder TEXT NOT NULL,
            token BIGINT NOT NULL,
            expires TIMESTAMPTZ NOT NULL) WITHOUT ROWID;

        CREATE SEQUENCE shard_tokens;
        CREATE TABLE run_shards (
            run_id TEXT COLLATE "C" NOT NULL,
            stage TEXT COLLATE "C" NOT NULL,
            shard TEXT COLLATE "C" NOT NULL,
            number BIGINT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('open', 'taken', 'done')),
            holder TEXT,
            token BIGINT NOT NULL,
            attempts BIGINT NOT NULL,
            expires TIMESTAMPTZ,
            message TEXT,
            PRIMARY KEY (run_id, stage, shard)) WITHOUT ROWID;

        CREATE TABLE executions (
            id TEXT COLLATE "C" PRIMARY KEY,
            job TEXT NOT NULL,
            schedule TEXT,
            parameters TEXT NOT NULL,
            requested_by TEXT NOT NULL,
            state TEXT NOT NULL,
            queued TIMESTAMPTZ NOT NULL,
            node TEXT,
            started TIMESTAMPTZ,
            ended TIMESTAMPTZ,
            run_id TEXT COLLATE "C",
            attempt BIGINT NOT NULL,
            message TEXT,
            cancel_requested_by TEXT) WITHOUT ROWID;
        CREATE INDEX executions_by_queued ON executions (queued, id);

        CREATE TABLE run_progress (
            run_id TEXT COLLATE "C" NOT NULL,
            stage TEXT COLLATE "C" NOT NULL,
            step TEXT NOT NULL,
            done BIGINT NOT NULL,
            total BIGINT NOT NULL,
            unit TEXT NOT NULL,
            per_second DOUBLE PRECISION NOT NULL,
            updated TIMESTAMPTZ NOT NULL,
            PRIMARY KEY (run_id, stage)) WITHOUT ROWID;

        CREATE TABLE run_log (
            run_id TEXT COLLATE "C" NOT NULL,
            number BIGINT NOT NULL,
            time TIMESTAMPTZ NOT NULL,
            level TEXT NOT NULL,
            stage TEXT COLLATE "C" NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (run_id, number)) WITHOUT ROWID;

        CREATE TABLE alerts (
            id TEXT COLLATE "C" PRIMARY KEY,
            raised TIMESTAMPTZ NOT NULL,
            kind TEXT NOT NULL,
            title TEXT NOT NULL,
            text TEXT NOT NULL,
            run_id TEXT COLLATE "C",
            delivered BIGINT NOT NULL,
            delivery_message TEXT) WITHOUT ROWID;
        CREATE INDEX alerts_by_raised ON alerts (raised, id);
        """,
        // What hosts look at every few seconds, however much has ended.
        "CREATE INDEX executions_unfinished ON executions (queued, id) WHERE state IN ('queued', 'running')",
        // Jobs are Hangfire's from here on. What runs were asked for with stays; what had not ended waits for a host to queue it again.
        """
        CREATE TABLE job_requests (
            id TEXT COLLATE "C" PRIMARY KEY,
            job TEXT NOT NULL,
            schedule TEXT,
            parameters TEXT NOT NULL,
            requested_by TEXT NOT NULL,
            node TEXT,
            job_id TEXT,
            policy TEXT,
            waits BIGINT NOT NULL) WITHOUT ROWID;
        CREATE INDEX job_requests_by_schedule ON job_requests (schedule, id);
        INSERT INTO job_requests
            SELECT run_id, job, schedule, parameters, requested_by, node, NULL, NULL, 0 FROM executions e
            WHERE run_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM executions n WHERE n.run_id = e.run_id AND (n.queued, n.id) > (e.queued, e.id));
        INSERT INTO job_requests
            SELECT id, job, schedule, parameters, requested_by, node, NULL, NULL, 1 FROM executions
            WHERE state IN ('queued', 'running') AND cancel_requested_by IS NULL
            ON CONFLICT DO NOTHING;

        CREATE TABLE schedule_times (
            schedule TEXT PRIMARY KEY,
            cron TEXT,
            time_zone TEXT,
            served TIMESTAMPTZ NOT NULL) WITHOUT ROWID;
        INSERT INTO schedule_times SELECT schedule, NULL, NULL, max(queued) FROM executions WHERE schedule IS NOT NULL GROUP BY schedule;
        DROP TABLE executions;
        DELETE FROM leases WHERE name LIKE 'execution:%' OR name LIKE 'node:%';
        """,
        """
        CREATE TABLE audit_log (
            number BIGINT PRIMARY KEY,
            time TIMESTAMPTZ NOT NULL,
            by_whom TEXT NOT NULL,
            node TEXT,
            act TEXT NOT NULL,
            subject TEXT NOT NULL,
            detail TEXT,
            job_id TEXT) WITHOUT ROWID;
        """,
    ];
}
