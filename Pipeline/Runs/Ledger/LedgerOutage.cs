using System.Data.Common;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Runs.Ledger;

/// <summary>What says that the ledger's database could not be asked at this moment, rather than what it answered.</summary>
public static class LedgerOutage
{
    public static bool Is(Exception e) => e is DbException or RunFailedException;
}
