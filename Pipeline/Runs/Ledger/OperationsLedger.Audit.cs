using Dapper;

namespace Recsys.Batch.Pipeline.Runs.Ledger;

/// <summary>Who did what, and when: what a person asked for, and what a host took over from another.</summary>
internal sealed partial class OperationsLedger
{
    /// <summary>Adds an entry; its time is the ledger's, its number the next one.</summary>
    public void Append(AuditEntry entry)
    {
        using var connection = _database.Open();
        using var transaction = _database.Begin(connection);
        // Others who would number an entry wait for the end of the transaction; one of SQLite keeps all others out by itself.
        if (IsServer) connection.Execute("SELECT pg_advisory_xact_lock(hashtextextended('audit_log ' || current_schema(), 0))");
        _database.Run(
            connection, "INSERT INTO audit_log SELECT coalesce(max(number), 0) + 1, @Time, @By, @Node, @Act, @Subject, @Detail, @JobId FROM audit_log",
            entry with { Time = _time.GetUtcNow() });
        transaction.Commit();
    }

    /// <summary>Entries, newest first.</summary>
    /// <param name="act">One of <see cref="AuditActs"/>; null for all.</param>
    /// <param name="subject">What it was done to; null for anything.</param>
    public IReadOnlyList<AuditEntry> Audit(int limit, string? act = null, string? subject = null, long skip = 0) => _database.Query(
        $"""
        SELECT * FROM audit_log
        WHERE {(act is null ? "true" : "act = @act")} AND {(subject is null ? "true" : "subject = @subject")}
        ORDER BY number DESC LIMIT @limit OFFSET @skip
        """,
        new { limit, act, subject, skip },
        r => new AuditEntry(r.by_whom, r.act, r.subject, r.detail, r.node, r.job_id) { Number = r.number, Time = LedgerValues.Time(r.time) });
}
