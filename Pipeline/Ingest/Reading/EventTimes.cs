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
        First = uint.MaxValue;
        for (int p = 0; p < order.Count; p++)
        {
            if (!Counts(p, end)) continue;
            First = Math.Min(First, order.Seconds[p]);
            Last = Math.Max(Last, order.Seconds[p]);
            Total++;
        }
        First = Math.Min(First, Last);
        _step = (Last - First) / Steps + 1;
        _counts = new long[(Last - First) / _step + 1];
        for (int p = 0; p < order.Count; p++)
            if (Counts(p, end)) _counts[(order.Seconds[p] - First) / _step]++;
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

    private bool Counts(int p, uint end) =>
        _order.Statuses[p] == RowStatus.Kept && _wanted[(int)_order.Kinds[p]] && (_order.Seconds[p] < end || end == uint.MaxValue);
}
