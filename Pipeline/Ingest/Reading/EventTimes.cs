using System.Runtime.CompilerServices;
using Recsys.Batch.Pipeline.Ingest.Rules;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>When the events of some kinds happened, as counts in up to 2^20 steps of equal length between the first and the last.</summary>
internal sealed class EventTimes
{
    private const int Steps = 1 << 20;

    private readonly EventOrder _order;
    private readonly bool[] _wanted;
    private readonly long[] _counts;
    private readonly uint _step;

    public EventTimes(EventOrder order, float[] weights) : this(order, Array.ConvertAll(weights, w => w > 0), uint.MaxValue)
    {
    }

    private EventTimes(EventOrder order, bool[] wanted, uint end)
    {
        (_order, _wanted) = (order, wanted);
        (First, Last, Total) = Extent(order, wanted, end);
        _step = (Last - First) / Steps + 1;
        _counts = new long[(Last - First) / _step + 1];
        Count(order, wanted, end, First, _step, _counts);
    }

    public uint First { get; }

    public uint Last { get; }

    public long Total { get; }

    /// <summary>The events before <paramref name="end"/>.</summary>
    public EventTimes Before(uint end) => new(_order, _wanted, end);

    /// <summary>The second, to a step, that <paramref name="share"/> of the events come before.</summary>
    public uint Quantile(double share)
    {
        long rank = (long)(Total * share);
        for (int s = 0; s < _counts.Length; s++)
        {
            rank -= _counts[s];
            if (rank < 0) return First + (uint)s * _step;
        }
        return Last;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (uint First, uint Last, long Total) Extent(EventOrder order, bool[] wanted, uint end)
    {
        uint first = uint.MaxValue, last = 0;
        long total = 0;
        var (seconds, kinds, statuses) = (order.Seconds, order.Kinds, order.Statuses);
        for (int p = 0; p < seconds.Length; p++)
        {
            if (statuses[p] != RowStatus.Kept || !wanted[(int)kinds[p]] || !IsBefore(seconds[p], end)) continue;
            first = Math.Min(first, seconds[p]);
            last = Math.Max(last, seconds[p]);
            total++;
        }
        return (Math.Min(first, last), last, total);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Count(EventOrder order, bool[] wanted, uint end, uint first, uint step, long[] counts)
    {
        var (seconds, kinds, statuses) = (order.Seconds, order.Kinds, order.Statuses);
        for (int p = 0; p < seconds.Length; p++)
            if (statuses[p] == RowStatus.Kept && wanted[(int)kinds[p]] && IsBefore(seconds[p], end)) counts[(seconds[p] - first) / step]++;
    }

    private static bool IsBefore(uint second, uint end) => second < end || end == uint.MaxValue;
}
