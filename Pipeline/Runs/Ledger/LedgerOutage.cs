using System.Data.Common;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Runs.Ledger;

/// <summary>
/// What says that the ledger's database could not be asked at this moment, rather than what it answered; a ledger that was closed already, as when a host goes
/// down, is one too.
/// </summary>
internal static class LedgerOutage
{
    public static bool Is(Exception e) => e is DbException or RunFailedException or ObjectDisposedException;
}
