using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Pipeline.Runs.Leases;

/// <summary>
/// Renews something that was lent for a term, three times a term. Where it was taken over, or could not be renewed for a whole term, <see cref="Lost"/> is
/// cancelled and the beats end.
/// </summary>
internal sealed class Heartbeat : IDisposable
{
    private const int BeatsPerTerm = 3;

    private readonly Func<bool> _renew;
    private readonly TimeSpan _term;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost = new();
    private readonly Lock _gate = new();
    private readonly ITimer _beat;
    private long _renewed;
    private bool _ended;

    /// <param name="renew">False where another one has it now.</param>
    public Heartbeat(Func<bool> renew, TimeSpan term, TimeProvider time)
    {
        (_renew, _term, _time) = (renew, term, time);
        _renewed = time.GetTimestamp();
        var pause = term / BeatsPerTerm;
        _beat = time.CreateTimer(_ => Beat(), null, pause, pause);
    }

    /// <summary>Cancelled when another one may have it.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Renews now; false where it is lost. What must not be done by two asks this right before.</summary>
    public bool Confirm()
    {
        lock (_gate) return Renew();
    }

    /// <summary>Ends the beats; a beat under way is waited for.</summary>
    public void Dispose()
    {
        _beat.Dispose();
        lock (_gate) _ended = true;
        _lost.Dispose();
    }

    private void Beat()
    {
        // A beat that is still waiting for the database stands for this one too.
        if (!_gate.TryEnter()) return;
        try
        {
            Renew();
        }
        finally
        {
            _gate.Exit();
        }
    }

    private bool Renew()
    {
        if (_ended || _lost.IsCancellationRequested) return false;
        long now = _time.GetTimestamp();
        if (!IsRenewed(out bool answered))
        {
            _lost.Cancel();
            return false;
        }
        if (answered) _renewed = now;
        return true;
    }

    private bool IsRenewed(out bool answered)
    {
        try
        {
            answered = true;
            return _renew();
        }
        catch (Exception e) when (LedgerOutage.Is(e))
        {
            // A database that is away for a moment takes nothing from anyone: the next beat asks again, up to the term.
            answered = false;
            return _time.GetElapsedTime(_renewed) < _term;
        }
    }
}
