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
    ];
}
