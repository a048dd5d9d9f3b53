namespace Recsys.Batch.Pipeline.Runs.Ledger;

internal static class PostgresOperationsSchema
{
    /// <summary>Appended only: a script that was released is never changed. Output stores read <c>leases</c> too.</summary>
    public static readonly IReadOnlyList<string> Scripts =
    [
        """
        CREATE TABLE leases (
            name text PRIMARY KEY,
            holder text NOT NULL,
            token bigint NOT NULL,
            expires timestamptz NOT NULL);

        CREATE SEQUENCE shard_tokens;
        CREATE TABLE run_shards (
            run_id text COLLATE "C" NOT NULL,
            stage text COLLATE "C" NOT NULL,
            shard text COLLATE "C" NOT NULL,
            number bigint NOT NULL,
            state text NOT NULL CHECK (state IN ('open', 'taken', 'done')),
            holder text,
            token bigint NOT NULL,
            attempts bigint NOT NULL,
            expires timestamptz,
            message text,
            PRIMARY KEY (run_id, stage, shard));

        CREATE TABLE executions (
            id text COLLATE "C" PRIMARY KEY,
            job text NOT NULL,
            schedule text,
            parameters text NOT NULL,
            requested_by text NOT NULL,
            state text NOT NULL,
            queued timestamptz NOT NULL,
            node text,
            started timestamptz,
            ended timestamptz,
            run_id text COLLATE "C",
            attempt bigint NOT NULL,
            message text,
            cancel_requested_by text);
        CREATE INDEX executions_by_queued ON executions (queued, id);

        CREATE TABLE run_progress (
            run_id text COLLATE "C" NOT NULL,
            stage text COLLATE "C" NOT NULL,
            step text NOT NULL,
            done bigint NOT NULL,
            total bigint NOT NULL,
            unit text NOT NULL,
            per_second double precision NOT NULL,
            updated timestamptz NOT NULL,
            PRIMARY KEY (run_id, stage));

        CREATE TABLE run_log (
            run_id text COLLATE "C" NOT NULL,
            number bigint NOT NULL,
            time timestamptz NOT NULL,
            level text NOT NULL,
            stage text COLLATE "C" NOT NULL,
            text text NOT NULL,
            PRIMARY KEY (run_id, number));

        CREATE TABLE alerts (
            id text COLLATE "C" PRIMARY KEY,
            raised timestamptz NOT NULL,
            kind text NOT NULL,
            title text NOT NULL,
            text text NOT NULL,
            run_id text COLLATE "C",
            delivered bigint NOT NULL,
            delivery_message text);
        CREATE INDEX alerts_by_raised ON alerts (raised, id);
        """,
        // What hosts look at every few seconds, however much has ended.
        "CREATE INDEX executions_unfinished ON executions (queued, id) WHERE state IN ('queued', 'running')",
        // Jobs are Hangfire's from here on. What runs were asked for with stays; what had not ended waits for a host to queue it again.
        """
        CREATE TABLE job_requests (
            id text COLLATE "C" PRIMARY KEY,
            job text NOT NULL,
            schedule text,
            parameters text NOT NULL,
            requested_by text NOT NULL,
            node text,
            job_id text,
            policy text,
            waits bigint NOT NULL);
        CREATE INDEX job_requests_by_schedule ON job_requests (schedule, id);
        INSERT INTO job_requests
            SELECT run_id, job, schedule, parameters, requested_by, node, NULL, NULL, 0 FROM executions e
            WHERE run_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM executions n WHERE n.run_id = e.run_id AND (n.queued, n.id) > (e.queued, e.id));
        INSERT INTO job_requests
            SELECT id, job, schedule, parameters, requested_by, node, NULL, NULL, 1 FROM executions
            WHERE state IN ('queued', 'running') AND cancel_requested_by IS NULL
            ON CONFLICT DO NOTHING;

        CREATE TABLE schedule_times (
            schedule text PRIMARY KEY,
            cron text,
            time_zone text,
            served timestamptz NOT NULL);
        INSERT INTO schedule_times SELECT schedule, NULL, NULL, max(queued) FROM executions WHERE schedule IS NOT NULL GROUP BY schedule;
        DROP TABLE executions;
        DELETE FROM leases WHERE name LIKE 'execution:%' OR name LIKE 'node:%';
        """,
    ];
}
