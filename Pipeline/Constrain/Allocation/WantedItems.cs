namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>One promotion on the list of one user: how many entries it wants, and who could be they.</summary>
internal sealed class WantedItems
{
    private int[] _members = [];
    private int _count;
    private Placement _placement = null!;
    private int _next;

    public int Need { get; private set; }

    /// <summary>How many are not there yet.</summary>
    public int Left { get; set; }

    /// <summary>The greatest value of a member that is not on the list; negative infinity where all are.</summary>
    public double BestOut { get; private set; }

    /// <summary>The least value of an entry that stands for it.</summary>
    public double WorstIn { get; private set; }

    /// <summary>Entries of it on the list beside those it wants.</summary>
    public int Surplus { get; private set; }

    public void Open(Placement placement, int need) => (_placement, Need) = (placement, need);

    public bool Has(int item) => _placement.Items.Contains(item);

    /// <summary>Who of the candidates could be they, by descending value.</summary>
    public void Find(ReadOnlySpan<int> items, double[] values)
    {
        if (_members.Length < items.Length) _members = new int[items.Length];
        _count = 0;
        for (int k = 0; k < items.Length; k++)
        {
            if (!Has(items[k]) || !(values[k] + UserChoice.Wanted > 0)) continue;
            // They come nearly by value, so each moves but a few places.
            int at = _count++;
            for (; at > 0 && values[_members[at - 1]] < values[k]; at--) _members[at] = _members[at - 1];
            _members[at] = k;
        }
    }

    public void Reset() => (Left, _next) = (Need, 0);

    /// <returns>The best member that can still be taken for it; -1 where there is none or none is wanted.</returns>
    public int Next(bool[] taken, CapCounts caps, int[] items)
    {
        if (Left == 0) return -1;
        while (_next < _count && (taken[_members[_next]] || _placement.Rule.Kind != RuleKind.Pin && caps.IsFull(items[_members[_next]]))) _next++;
        return _next < _count ? _members[_next] : -1;
    }

    /// <summary>Sees who stands at the edge of the list.</summary>
    public void Weigh(double[] values, bool[] taken, int[] standsFor)
    {
        (BestOut, WorstIn, Surplus) = (double.NegativeInfinity, double.PositiveInfinity, 0);
        foreach (int k in _members.AsSpan(0, _count))
        {
            if (!taken[k]) BestOut = Math.Max(BestOut, values[k]);
            else if (standsFor[k] < 0) Surplus++;
            else WorstIn = Math.Min(WorstIn, values[k]);
        }
    }
}
