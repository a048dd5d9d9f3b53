namespace Recsys.Batch.Pipeline.Runs.Ledger;

/// <summary>How long the operations ledger keeps what grows with every run: <see cref="RunsOptions.KeepDays"/>.</summary>
internal static class LedgerRetention
{
    /// <summary>Rows that one statement deletes at most: a writer that waits for it waits for milliseconds.</summary>
    internal const int Portion = 2_000;

    /// <summary>Alike in both engines.</summary>
    internal static readonly IReadOnlyList<string> Statements =
    [
        "DELETE FROM run_log WHERE (run_id, number) IN (SELECT run_id, number FROM run_log WHERE time < @before LIMIT @portion)",
        """
        DELETE FROM run_shards WHERE (run_id, stage, shard) IN (
            SELECT s.run_id, s.stage, s.shard FROM run_shards s
            JOIN (SELECT run_id FROM run_progress GROUP BY run_id HAVING max(updated) < @before) old ON old.run_id = s.run_id LIMIT @portion)
        """,
        "DELETE FROM run_progress WHERE (run_id, stage) IN (SELECT run_id, stage FROM run_progress WHERE updated < @before LIMIT @portion)",
        "DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE raised < @before AND (delivered <> 0 OR delivery_message IS NOT NULL) LIMIT @portion)",
        // Others stay: the tokens of the store's lease only ever grow, and a paused schedule is paused until somebody resumes it.
        """
        DELETE FROM leases WHERE name IN (
            SELECT name FROM leases WHERE expires < @before AND name LIKE 'signed-out:%' LIMIT @portion)
        """,
    ];

    /// <summary>Deletes what is older than the options allow.</summary>
    /// <returns>Rows that went.</returns>
    public static long Prune(OperationsLedger ledger, RunsOptions options, TimeProvider time) =>
        options.KeepDays == 0 ? 0 : ledger.Prune(time.GetUtcNow() - TimeSpan.FromDays(options.KeepDays));
}
