using Recsys.Batch.Pipeline.Ingest.Reading;

namespace Recsys.Batch.Pipeline.Ingest.Rules;

/// <summary>The events of one user and item that count, in time order, in memory that is used again for the next pair.</summary>
internal sealed class PairEvents(EventOrder order)
{
    private readonly ReturnNetting _netting = new();
    private int[] _positions = new int[16];
    private EventKind[] _kinds = new EventKind[16];
    private float[] _amounts = new float[16];

    public int Count { get; private set; }

    public bool HasReturns { get; private set; }

    public int Item { get; private set; }

    /// <summary>Whether, after <see cref="Net"/>, all that was bought went back.</summary>
    public bool NothingIsLeft
    {
        get
        {
            bool bought = false;
            for (int k = 0; k < Count; k++)
            {
                if (_kinds[k] != EventKind.Purchase) continue;
                bought = true;
                if (_amounts[k] > 0) return false;
            }
            return bought;
        }
    }

    /// <summary>Positions in the order.</summary>
    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, Count);

    public ReadOnlySpan<EventKind> Kinds => _kinds.AsSpan(0, Count);

    /// <summary>Pieces (or a rating's value); after <see cref="Net"/>, what is left of them.</summary>
    public ReadOnlySpan<float> Amounts => _amounts.AsSpan(0, Count);

    /// <summary>Takes the pair that starts at position <paramref name="at"/>.</summary>
    /// <param name="userEnd">Where the user's events end.</param>
    /// <param name="end">Events at this second or later do not count.</param>
    /// <returns>Where the next pair starts.</returns>
    public int Take(int at, int userEnd, ulong end)
    {
        Count = 0;
        HasReturns = false;
        Item = order.Items[at];
        for (; at < userEnd && order.Items[at] == Item; at++)
        {
            if (!order.Statuses[at].IsEvent() || order.Seconds[at] >= end) continue;
            if (Count == _positions.Length)
            {
                Array.Resize(ref _positions, Count * 2);
                Array.Resize(ref _kinds, Count * 2);
                Array.Resize(ref _amounts, Count * 2);
            }
            var kind = order.Kinds[at];
            _positions[Count] = at;
            _kinds[Count] = kind;
            _amounts[Count++] = order.Amounts[at];
            HasReturns |= kind == EventKind.Return;
        }
        return at;
    }

    public void Net() => _netting.Net(Kinds, _amounts.AsSpan(0, Count));
}
