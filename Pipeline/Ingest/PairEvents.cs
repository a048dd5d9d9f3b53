namespace Recsys.Batch.Pipeline.Ingest;

/// <summary>The events of one user and item that count, in time order, in memory that is used again for the next pair.</summary>
sealed class PairEvents(EventLog log)
{
    private readonly ReturnNetting _netting = new();
    private int[] _events = new int[16];
    private EventKind[] _kinds = new EventKind[16];
    private float[] _amounts = new float[16];

    public int Count { get; private set; }

    public bool HasReturns { get; private set; }

    public int Item { get; private set; }

    public ReadOnlySpan<int> Events => _events.AsSpan(0, Count);

    public ReadOnlySpan<EventKind> Kinds => _kinds.AsSpan(0, Count);

    /// <summary>Pieces (or a rating's value); after <see cref="Net"/>, what is left of them.</summary>
    public ReadOnlySpan<float> Amounts => _amounts.AsSpan(0, Count);

    /// <summary>Takes the pair that starts at <paramref name="at"/> of a user's ordered events.</summary>
    /// <param name="end">Events at this second or later do not count.</param>
    /// <returns>Where the next pair starts.</returns>
    public int Take(ReadOnlySpan<int> events, int at, ulong end)
    {
        Count = 0;
        HasReturns = false;
        Item = log.Items[events[at]];
        for (; at < events.Length && log.Items[events[at]] == Item; at++)
        {
            int e = events[at];
            if (!log.Fates[e].IsEvent() || log.Seconds[e] >= end) continue;
            if (Count == _events.Length)
            {
                Array.Resize(ref _events, Count * 2);
                Array.Resize(ref _kinds, Count * 2);
                Array.Resize(ref _amounts, Count * 2);
            }
            _events[Count] = e;
            _kinds[Count] = log.Kinds[e];
            _amounts[Count++] = log.Amount(e);
            HasReturns |= log.Kinds[e] == EventKind.Return;
        }
        return at;
    }

    public void Net() => _netting.Net(Kinds, _amounts.AsSpan(0, Count));
}
