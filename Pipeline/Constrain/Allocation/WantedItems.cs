namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>One promotion on the list of one user: how many entries it wants, and who could be they.</summary>
internal sealed class WantedItems
{
    private readonly Placement _placement;
    private readonly List<int> _members = [];
    private int _next;

    /// <param name="values">By candidate of the user.</param>
    public WantedItems(Placement placement, int need, AllocationBlock block, int u, double[] values)
    {
        (_placement, Need) = (placement, need);
        int first = block.Offsets[u], count = block.Offsets[u + 1] - first;
        for (int k = 0; k < count; k++)
        {
            if (!placement.Items.Contains(block.Items[first + k]) || !(values[k] + UserChoice.Wanted > 0)) continue;
            int at = _members.Count;
            while (at > 0 && values[_members[at - 1]] < values[k]) at--;
            _members.Insert(at, k);
        }
    }

    public int Need { get; }

    /// <summary>How many are not there yet.</summary>
    public int Left { get; set; }

    /// <summary>The greatest value of a member that is not on the list; negative infinity where all are.</summary>
    public double BestOut { get; private set; }

    /// <summary>The least value of an entry that stands for it.</summary>
    public double WorstIn { get; private set; }

    /// <summary>Entries of it on the list beside those it wants.</summary>
    public int Surplus { get; private set; }

    public bool Has(int item) => _placement.Items.Contains(item);

    public void Reset() => (Left, _next) = (Need, 0);

    /// <returns>The best member that can still be taken for it; -1 where there is none or none is wanted.</returns>
    public int Next(bool[] taken, CapCounts caps, AllocationBlock block, int first)
    {
        if (Left == 0) return -1;
        while (_next < _members.Count
            && (taken[_members[_next]] || _placement.Rule.Kind != RuleKind.Pin && caps.IsFull(block.Items[first + _members[_next]])))
            _next++;
        return _next < _members.Count ? _members[_next] : -1;
    }

    public void Weigh(double[] values, bool[] taken, int[] standsFor)
    {
        (BestOut, WorstIn, Surplus) = (double.NegativeInfinity, double.PositiveInfinity, 0);
        foreach (int k in _members)
        {
            if (!taken[k]) BestOut = Math.Max(BestOut, values[k]);
            else if (standsFor[k] < 0) Surplus++;
            else WorstIn = Math.Min(WorstIn, values[k]);
        }
    }
}
