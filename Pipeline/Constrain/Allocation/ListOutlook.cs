namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>What a list has to expect of being chosen again.</summary>
internal enum Outlook
{
    /// <summary>It has no candidate of those that are asked about.</summary>
    None,

    /// <summary>It has, but none that would come onto it at prices of now.</summary>
    Candidate,

    Gain,
}

/// <summary>
/// Tells lists that would change if they were chosen again from those that would not, for less than choosing takes: a candidate comes only if it is worth more
/// than the least entry that could go for it, and where a cap is full that is an entry of its group. It may say gain where there is none. One thread's.
/// </summary>
internal sealed class ListOutlook(RuleSet rules, RunningPrices now)
{
    private readonly CapCounts _caps = new();

    // Of the list that was opened last: its least entry, the least that no promotion wants, and of each promotion the same, its entries and if it misses some.
    private double _least;
    private double _leastFree;
    private double[] _leastOf = [];
    private int[] _have = [];
    private bool[] _isMissed = [];

    /// <summary>Whether something that is cheaper now than when lists were chosen could come.</summary>
    /// <param name="more">What it has to bring more than what goes.</param>
    public Outlook IfCheaper(AllocationBlock block, int u, ushort[] list, double more) =>
        list.Length < block.Lengths[u] ? Outlook.Gain : Of(block, u, list, now.IsCheaper, more);

    /// <summary>Whether a candidate that a floor misses could.</summary>
    public Outlook IfMissed(AllocationBlock block, int u, ushort[] list) => Of(block, u, list, now.IsMissedItem, 0);

    private Outlook Of(AllocationBlock block, int u, ushort[] list, bool[] isMeant, double more)
    {
        int first = block.Offsets[u], entry = 0;
        bool isOpen = false;
        var profile = rules.Of(block.Users[u]);
        for (int k = 0; k < block.Offsets[u + 1] - first; k++)
        {
            int item = block.Items[first + k];
            if (entry < list.Length && list[entry] == k)
            {
                entry++;
                continue;
            }
            if (!isMeant[item] || double.IsPositiveInfinity(now.OfItems[item])) continue;
            if (!isOpen) Open(block, u, list, profile);
            isOpen = true;
            if (Comes(item, block.Weights[first + k] - now.OfItems[item] - more, profile)) return Outlook.Gain;
        }
        return isOpen ? Outlook.Candidate : Outlook.None;
    }

    /// <summary>A candidate comes for an entry that no promotion wants, for another of its promotion, or for any where the promotion misses entries.</summary>
    private bool Comes(int item, double value, UserProfile profile)
    {
        if (value > _caps.WorstIn(item, _leastFree)) return true;
        for (int p = 0; p < profile.Placements.Count; p++)
        {
            if (!profile.Placements[p].Items.Contains(item)) continue;
            if (_isMissed[p] ? value + UserChoice.Wanted > _caps.WorstIn(item, _least) : value > _caps.WorstIn(item, _leastOf[p])) return true;
        }
        return false;
    }

    /// <summary>What the entries are worth at prices of now.</summary>
    private void Open(AllocationBlock block, int u, ushort[] list, UserProfile profile)
    {
        var placements = profile.Placements;
        if (_leastOf.Length < placements.Count)
            (_leastOf, _isMissed, _have) = (new double[placements.Count], new bool[placements.Count], new int[placements.Count]);
        _leastOf.AsSpan().Fill(double.PositiveInfinity);
        _have.AsSpan().Clear();
        _caps.Open(profile, only: null, block, u);
        (_least, _leastFree) = (list.Length == 0 ? double.NegativeInfinity : double.PositiveInfinity, double.PositiveInfinity);
        foreach (ushort k in list)
        {
            int item = block.Items[block.Offsets[u] + k];
            _caps.Add(item);
            bool isWanted = false, stays = now.IsMissedItem[item];
            // An entry that others cannot have any more is worth what it was when it could be had; what a floor would miss stays, whatever comes.
            double value = block.Weights[block.Offsets[u] + k] - (double.IsPositiveInfinity(now.OfItems[item]) ? now.Open(item) : now.OfItems[item]);
            for (int p = 0; p < placements.Count; p++)
            {
                if (!placements[p].Items.Contains(item)) continue;
                isWanted = true;
                _have[p]++;
                if (!stays) _leastOf[p] = Math.Min(_leastOf[p], value);
            }
            if (stays) continue;
            _caps.Tell(item, value);
            _least = Math.Min(_least, value);
            if (!isWanted) _leastFree = Math.Min(_leastFree, value);
        }
        if (double.IsPositiveInfinity(_leastFree)) _leastFree = _least;
        // Where promotions share items, an entry that one of them has may be counted for another.
        for (int p = 0; p < placements.Count; p++)
        {
            int need = 0;
            for (int other = 0; other < placements.Count; other++)
                if (placements[other].Items == placements[p].Items) need += WantedEntries.Need(placements[other], block, u);
            _isMissed[p] = !profile.HasDisjointPlacements || _have[p] < need;
        }
    }
}
