namespace Recsys.Batch.Pipeline.Runs.Ledger;

internal static class SqliteLedgerSchema
{
    /// <summary>Appended only: a script that was released is never changed.</summary>
    public static readonly IReadOnlyList<string> Scripts =
    [
        """
        CREATE TABLE runs (
            run_id TEXT PRIMARY KEY,
            job TEXT NOT NULL,
            state TEXT NOT NULL,
            started TEXT NOT NULL,
            ended TEXT,
            attempts INTEGER NOT NULL,
            seed TEXT NOT NULL,
            threads INTEGER NOT NULL,
            plan_hash TEXT NOT NULL,
            version TEXT,
            message TEXT) WITHOUT ROWID;
        CREATE TABLE run_stages (
            run_id TEXT NOT NULL REFERENCES runs (run_id),
            stage TEXT NOT NULL,
            number INTEGER NOT NULL,
            state TEXT NOT NULL,
            hash TEXT NOT NULL,
            reason TEXT NOT NULL,
            from_run TEXT,
            started TEXT NOT NULL,
            seconds REAL NOT NULL,
            output_bytes INTEGER NOT NULL,
            message TEXT,
            PRIMARY KEY (run_id, stage)) WITHOUT ROWID;
        CREATE TABLE run_metrics (
            run_id TEXT NOT NULL REFERENCES runs (run_id),
            stage TEXT NOT NULL,
            name TEXT NOT NULL,
            value REAL,
            PRIMARY KEY (run_id, stage, name)) WITHOUT ROWID;
        CREATE TABLE quality_checks (
            run_id TEXT NOT NULL REFERENCES runs (run_id),
            stage TEXT NOT NULL,
            number INTEGER NOT NULL,
            gate TEXT NOT NULL,
            name TEXT NOT NULL,
            level TEXT NOT NULL,
            value REAL,
            expected TEXT NOT NULL,
            message TEXT NOT NULL,
            PRIMARY KEY (run_id, stage, number)) WITHOUT ROWID;
        CREATE INDEX quality_checks_by_name ON quality_checks (gate, name, run_id);
        CREATE TABLE quarantine (
            run_id TEXT NOT NULL REFERENCES runs (run_id),
            file TEXT NOT NULL,
            reason TEXT NOT NULL,
            rows INTEGER NOT NULL,
            sample_rows TEXT NOT NULL,
            PRIMARY KEY (run_id, file, reason)) WITHOUT ROWID;
        """,
    ];
}
