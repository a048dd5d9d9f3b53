using Recsys.Batch.Pipeline.Ingest.Reading;

namespace Recsys.Batch.Pipeline.Ingest.Rules;

/// <summary>Judges one user's events by rate, breadth and regularity (<see cref="BotOptions"/>).</summary>
internal sealed class BotDetector(EventOrder order, BotOptions options)
{
    private static readonly Comparison<(uint Second, uint Group, int Item)> s_byTime = (a, b) =>
        a.Second != b.Second ? a.Second.CompareTo(b.Second) : a.Group != b.Group ? a.Group.CompareTo(b.Group) : a.Item.CompareTo(b.Item);

    private readonly bool[] _judged = Judged(options);
    private (uint Second, uint Group, int Item)[] _events = [];
    private uint[] _actions = [];
    private int[] _items = [];

    /// <summary>The rule that the user at positions [start, end) breaks, or <see cref="RowStatus.Kept"/>.</summary>
    public RowStatus Classify(int start, int end)
    {
        if (!options.Any || !order.HasTime) return RowStatus.Kept;
        if (_events.Length < end - start)
        {
            _events = new (uint, uint, int)[(end - start) * 2];
            _actions = new uint[_events.Length];
            _items = new int[_events.Length];
        }
        int n = 0;
        for (int p = start; p < end; p++)
            if (order.Statuses[p] == RowStatus.Kept && _judged[(int)order.Kinds[p]])
                _events[n++] = (order.Seconds[p], order.HasGroups ? order.Group(p) : 0, order.Items[p]);
        if (n <= Least()) return RowStatus.Kept;
        _events.AsSpan(0, n).Sort(s_byTime);
        var actions = Actions(n);
        if (Most(actions, 60) > Limit(options.MaxPerMinute) || Most(actions, 3600) > Limit(options.MaxPerHour)) return RowStatus.BotRate;
        if (Broadest(n) > Limit(options.MaxItemsPerDay)) return RowStatus.BotBreadth;
        return actions.Length > options.MinIntervals && Variation(actions) < options.MinIntervalVariation ? RowStatus.BotRegularity : RowStatus.Kept;
    }

    /// <summary>With no more events than this no rule can be broken.</summary>
    private int Least() => Math.Min(
        Math.Min(Limit(options.MaxPerMinute), Limit(options.MaxPerHour)),
        Math.Min(Limit(options.MaxItemsPerDay), options.MinIntervalVariation > 0 ? options.MinIntervals : int.MaxValue));

    private Span<uint> Actions(int n)
    {
        int count = 0;
        for (int k = 0; k < n; k++)
        {
            bool sameGroup = k > 0 && _events[k].Group != 0 && _events[k].Second == _events[k - 1].Second && _events[k].Group == _events[k - 1].Group;
            if (!sameGroup) _actions[count++] = _events[k].Second;
        }
        return _actions.AsSpan(0, count);
    }

    private static int Most(ReadOnlySpan<uint> seconds, uint window)
    {
        int most = 0;
        for (int from = 0; from < seconds.Length;)
        {
            int to = from;
            while (to < seconds.Length && seconds[to] / window == seconds[from] / window) to++;
            most = Math.Max(most, to - from);
            from = to;
        }
        return most;
    }

    private int Broadest(int n)
    {
        int most = 0;
        for (int from = 0; from < n;)
        {
            int to = from;
            for (; to < n && _events[to].Second / 86_400 == _events[from].Second / 86_400; to++) _items[to - from] = _events[to].Item;
            if (to - from > most)
            {
                var day = _items.AsSpan(0, to - from);
                day.Sort();
                int distinct = 1;
                for (int k = 1; k < day.Length; k++) if (day[k] != day[k - 1]) distinct++;
                most = Math.Max(most, distinct);
            }
            from = to;
        }
        return most;
    }

    private static double Variation(ReadOnlySpan<uint> seconds)
    {
        int n = seconds.Length - 1;
        double mean = (double)(seconds[^1] - seconds[0]) / n;
        // All in one second is a matter of rate, not of regularity.
        if (mean == 0) return double.PositiveInfinity;
        double squares = 0;
        for (int k = 0; k < n; k++)
        {
            double off = seconds[k + 1] - seconds[k] - mean;
            squares += off * off;
        }
        return Math.Sqrt(squares / n) / mean;
    }

    private static int Limit(int configured) => configured > 0 ? configured : int.MaxValue;

    private static bool[] Judged(BotOptions options)
    {
        var judged = new bool[EventKinds.Count];
        if (options.Kinds.Count == 0)
            judged[(int)EventKind.View] = judged[(int)EventKind.Click] = judged[(int)EventKind.Cart] = true;
        foreach (string name in options.Kinds)
            if (EventKinds.TryParse(name, out var kind)) judged[(int)kind] = true;
        return judged;
    }
}
