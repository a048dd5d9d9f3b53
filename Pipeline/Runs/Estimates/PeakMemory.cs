namespace Recsys.Batch.Pipeline.Runs.Estimates;

/// <summary>
/// The most memory that the process had while a stage was at work: its resident set, looked at five times a second. What earlier stages left and the runtime
/// did not give back yet is part of it, since the machine has to have it.
/// </summary>
internal sealed class PeakMemory : IDisposable
{
    /// <summary>The metric under which a finished stage leaves it, in bytes.</summary>
    public const string Metric = "stage.peak_bytes";

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    private readonly ITimer _timer;
    private long _bytes;

    public PeakMemory(TimeProvider time)
    {
        Look();
        _timer = time.CreateTimer(_ => Look(), null, Period, Period);
    }

    /// <summary>Bytes, so far.</summary>
    public long Bytes
    {
        get
        {
            Look();
            return Interlocked.Read(ref _bytes);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        long now = Environment.WorkingSet;
        long before = Interlocked.Read(ref _bytes);
        while (now > before)
        {
            long seen = Interlocked.CompareExchange(ref _bytes, now, before);
            if (seen == before) return;
            before = seen;
        }
    }
}
