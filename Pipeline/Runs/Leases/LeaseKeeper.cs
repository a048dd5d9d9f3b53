using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Pipeline.Runs.Leases;

/// <summary>A lease with its heartbeat. When it is lost, what was at work stops, and the token in <see cref="Grant"/> keeps late writes out.</summary>
internal sealed class LeaseKeeper : IDisposable
{
    private readonly OperationsLedger _ledger;
    private readonly Heartbeat _heartbeat;
    private bool _disposed;

    private LeaseKeeper(OperationsLedger ledger, LeaseGrant grant, TimeSpan term, TimeProvider time)
    {
        (_ledger, Grant) = (ledger, grant);
        _heartbeat = new Heartbeat(() => ledger.Renew(grant, term), term, time);
        Lost = _heartbeat.Lost;
    }

    public LeaseGrant Grant { get; }

    /// <summary>Cancelled when another holder may be at work.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Takes the lease and keeps it until it is disposed of; null where another holds it.</summary>
    public static LeaseKeeper? TryTake(OperationsLedger ledger, string name, string holder, TimeSpan term, TimeProvider time) =>
        ledger.TryAcquire(name, holder, term) is { } grant ? new LeaseKeeper(ledger, grant, term, time) : null;

    /// <summary>Renews now; false where another holder may be at work.</summary>
    public bool IsStillHeld() => _heartbeat.Confirm();

    /// <exception cref="LeaseLostException">Another holder may be at work.</exception>
    public void Confirm()
    {
        if (!_heartbeat.Confirm()) throw new LeaseLostException(Grant);
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        bool lost = Lost.IsCancellationRequested;
        _heartbeat.Dispose();
        try
        {
            if (!lost) _ledger.Release(Grant);
        }
        catch (Exception e) when (LedgerOutage.Is(e))
        {
            // What cannot be given back now falls when its term is over.
        }
    }
}
