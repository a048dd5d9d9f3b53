namespace Recsys.Batch.Jobs.Telemetry;

internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>One instrument under one set of labels.</summary>
/// <param name="labels">As Prometheus writes them, without braces.</param>
/// <param name="bounds">Upper bounds of a histogram's buckets, ascending; null where it is none.</param>
internal sealed class MetricSeries(string labels, double[]? bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _buckets = new long[bounds?.Length ?? 0];
    private double _sum;
    private long _count;

    public string Labels { get; } = labels;

    public double[]? Bounds { get; } = bounds;

    /// <param name="isWhole">The value is all there is, as against one to add.</param>
    public void Record(double value, bool isWhole)
    {
        lock (_gate)
        {
            _sum = isWhole ? value : _sum + value;
            _count++;
            if (Bounds is null) return;
            int at = Array.BinarySearch(Bounds, value);
            at = at < 0 ? ~at : at;
            if (at < _buckets.Length) _buckets[at]++;
        }
    }

    /// <summary>Sum (of a counter or gauge: its value), number of values, and values up to each bound.</summary>
    public (double Sum, long Count, long[] UpTo) Read()
    {
        lock (_gate)
        {
            var upTo = new long[_buckets.Length];
            long sum = 0;
            for (int i = 0; i < upTo.Length; i++) upTo[i] = sum += _buckets[i];
            return (_sum, _count, upTo);
        }
    }
}
