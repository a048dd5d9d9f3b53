using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Console.Views;

/// <summary>Readers have an older version than nights have published, since somebody went back to it.</summary>
/// <param name="Away">The newer versions that stay out, newest first.</param>
/// <param name="Entry">Who and when; null where the ledger does not say, as of a rollback by a version before this one.</param>
internal sealed record RollbackNotice(string Current, IReadOnlyList<string> Away, AuditEntry? Entry)
{
    /// <returns>Null where readers have the newest version.</returns>
    public static RollbackNotice? Of(IOutputStore store, OperationsLedger operations) =>
        store.Current is { } current && RolledBackVersions.Of(store) is { Count: > 0 } away
            ? new RollbackNotice(current, away, operations.Audit(1, AuditActs.RolledBack, current) is [var entry] ? entry : null)
            : null;
}
