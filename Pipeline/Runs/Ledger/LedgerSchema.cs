namespace Recsys.Batch.Pipeline.Runs.Ledger;

internal static class LedgerSchema
{
    /// <summary>Appended only: a script that was released is never changed.</summary>
    public static readonly IReadOnlyList<string> Scripts =
    [
        """
        CREATE TABLE runs (
            run_id TEXT COLLATE "C" PRIMARY KEY,
            job TEXT NOT NULL,
            state TEXT NOT NULL,
            started TIMESTAMPTZ NOT NULL,
            ended TIMESTAMPTZ,
            attempts BIGINT NOT NULL,
            seed TEXT NOT NULL,
            threads BIGINT NOT NULL,
            plan_hash TEXT NOT NULL,
            version TEXT,
            message TEXT) WITHOUT ROWID;
        CREATE TABLE run_stages (
            run_id TEXT COLLATE "C" NOT NULL REFERENCES runs (run_id),
            stage TEXT COLLATE "C" NOT NULL,
            number BIGINT NOT NULL,
            state TEXT NOT NULL,
            hash TEXT NOT NULL,
            reason TEXT NOT NULL,
            from_run TEXT,
            started TIMESTAMPTZ NOT NULL,
            seconds DOUBLE PRECISION NOT NULL,
            output_bytes BIGINT NOT NULL,
            message TEXT,
            PRIMARY KEY (run_id, stage)) WITHOUT ROWID;
        CREATE TABLE run_metrics (
            run_id TEXT COLLATE "C" NOT NULL REFERENCES runs (run_id),
            stage TEXT COLLATE "C" NOT NULL,
            name TEXT COLLATE "C" NOT NULL,
            value DOUBLE PRECISION,
            PRIMARY KEY (run_id, stage, name)) WITHOUT ROWID;
        CREATE TABLE quality_checks (
            run_id TEXT COLLATE "C" NOT NULL REFERENCES runs (run_id),
            stage TEXT COLLATE "C" NOT NULL,
            number BIGINT NOT NULL,
            gate TEXT NOT NULL,
            name TEXT COLLATE "C" NOT NULL,
            level TEXT NOT NULL,
            value DOUBLE PRECISION,
            expected TEXT NOT NULL,
            message TEXT NOT NULL,
            PRIMARY KEY (run_id, stage, number)) WITHOUT ROWID;
        CREATE INDEX quality_checks_by_name ON quality_checks (gate, name, run_id);
        CREATE TABLE quarantine (
            run_id TEXT COLLATE "C" NOT NULL REFERENCES runs (run_id),
            file TEXT COLLATE "C" NOT NULL,
            reason TEXT COLLATE "C" NOT NULL,
            rows BIGINT NOT NULL,
            sample_rows TEXT NOT NULL,
            PRIMARY KEY (run_id, file, reason)) WITHOUT ROWID;
        """,
    ];
}
