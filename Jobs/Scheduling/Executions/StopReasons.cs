using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling.Executions;

internal enum StopReason
{
    None,

    /// <summary>A person asked for it.</summary>
    Person,

    TimeLimit,

    /// <summary>The host is going down.</summary>
    Host,

    /// <summary>Another host took the execution over.</summary>
    Lost,
}

/// <summary>One token for everything that ends an attempt early, and which of them it was: the first one counts.</summary>
internal sealed class StopReasons : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenRegistration _host;
    private readonly CancellationTokenRegistration _lost;
    private readonly ITimer? _limit;
    private readonly Lock _gate = new();
    private bool _ended;

    public StopReasons(TimeSpan? limit, TimeProvider time, CancellationToken host, CancellationToken lost)
    {
        _host = host.Register(() => Stop(StopReason.Host));
        _lost = lost.Register(() => Stop(StopReason.Lost));
        if (limit is { } longest) _limit = time.CreateTimer(_ => Stop(StopReason.TimeLimit), null, longest, Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Token => _stop.Token;

    public StopReason Reason { get; private set; }

    /// <summary>The person who asked.</summary>
    public string? By { get; private set; }

    public void CancelIf(Func<string?> askedBy)
    {
        string? by;
        try
        {
            by = askedBy();
        }
        catch (Exception e) when (LedgerOutage.Is(e))
        {
            // The next look asks again.
            return;
        }
        if (by is null) return;
        lock (_gate) By ??= by;
        Stop(StopReason.Person);
    }

    public void Dispose()
    {
        _limit?.Dispose();
        _host.Dispose();
        _lost.Dispose();
        lock (_gate)
        {
            _ended = true;
            _stop.Dispose();
        }
    }

    private void Stop(StopReason reason)
    {
        lock (_gate)
        {
            if (_ended || Reason != StopReason.None) return;
            Reason = reason;
            _stop.Cancel();
        }
    }
}
