namespace Recsys.Batch.Pipeline.Runs.Ledger;

internal static class PostgresLedgerSchema
{
    /// <summary>Appended only: a script that was released is never changed.</summary>
    public static readonly IReadOnlyList<string> Scripts =
    [
        """
        CREATE TABLE runs (
            run_id text COLLATE "C" PRIMARY KEY,
            job text NOT NULL,
            state text NOT NULL,
            started timestamptz NOT NULL,
            ended timestamptz,
            attempts bigint NOT NULL,
            seed text NOT NULL,
            threads bigint NOT NULL,
            plan_hash text NOT NULL,
            version text,
            message text);
        CREATE TABLE run_stages (
            run_id text COLLATE "C" NOT NULL REFERENCES runs (run_id),
            stage text COLLATE "C" NOT NULL,
            number bigint NOT NULL,
            state text NOT NULL,
            hash text NOT NULL,
            reason text NOT NULL,
            from_run text,
            started timestamptz NOT NULL,
            seconds double precision NOT NULL,
            output_bytes bigint NOT NULL,
            message text,
            PRIMARY KEY (run_id, stage));
        CREATE TABLE run_metrics (
            run_id text COLLATE "C" NOT NULL REFERENCES runs (run_id),
            stage text COLLATE "C" NOT NULL,
            name text COLLATE "C" NOT NULL,
            value double precision,
            PRIMARY KEY (run_id, stage, name));
        CREATE TABLE quality_checks (
            run_id text COLLATE "C" NOT NULL REFERENCES runs (run_id),
            stage text COLLATE "C" NOT NULL,
            number bigint NOT NULL,
            gate text NOT NULL,
            name text COLLATE "C" NOT NULL,
            level text NOT NULL,
            value double precision,
            expected text NOT NULL,
            message text NOT NULL,
            PRIMARY KEY (run_id, stage, number));
        CREATE INDEX quality_checks_by_name ON quality_checks (gate, name, run_id);
        CREATE TABLE quarantine (
            run_id text COLLATE "C" NOT NULL REFERENCES runs (run_id),
            file text COLLATE "C" NOT NULL,
            reason text COLLATE "C" NOT NULL,
            rows bigint NOT NULL,
            sample_rows text NOT NULL,
            PRIMARY KEY (run_id, file, reason));
        """,
    ];
}
