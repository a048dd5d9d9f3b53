namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>
/// The best list of one user at given prices, under the user's caps. An entry is worth 1 beside its weight less its price, so that a shorter list costs, and 4
/// more where a promotion of the rules wants it. Entry after entry that is taken which brings most: the best list there is where caps and promotions nest,
/// see <see cref="UserProfile.NestedCaps"/>; elsewhere its worth is bounded by what it would be without the caps that do not. One thread's.
/// </summary>
internal sealed class UserChoice(RuleSet rules)
{
    /// <summary>What it is worth that an entry is there at all.</summary>
    public const float Full = 1;

    /// <summary>What it is worth that a rule's entry is.</summary>
    public const float Wanted = 4;

    /// <summary>Candidates beside the list's entries that are looked at first.</summary>
    private const int Ahead = 24;

    /// <summary>How far below the last place a candidate may be that bids are asked of; the next prices may bring it there.</summary>
    private const double Reach = 0.05;

    private readonly List<WantedItems> _wants = [];
    private readonly Stack<WantedItems> _spare = [];
    private readonly CapCounts _caps = new();

    // Of those that are looked at: their index among the user's candidates, item and value, and what became of them.
    private int[] _index = [];
    private int[] _items = [];
    private double[] _values = [];
    private int[] _order = [];
    private double[] _sorted = [];
    private bool[] _taken = [];
    private int[] _standsFor = [];
    private int _looked;
    private int _length;
    private int _size;

    /// <summary>What a full list is worth beside its weights.</summary>
    public double Rewards => _length * Full + Wanted * _wants.Sum(w => w.Need);

    /// <param name="prices">By item; infinite where an item cannot be had.</param>
    /// <param name="bound">No list of the user's is worth more; the list's own worth where that is the best there is.</param>
    /// <returns>The worth of the list that was chosen, prices taken off.</returns>
    public double Choose(AllocationBlock block, int u, double[] prices, out double bound)
    {
        var profile = Open(block, u);
        if (profile.IsLaminar) return bound = Greedy(block, u, prices, profile, only: null, wants: true);
        bound = double.PositiveInfinity;
        if (profile.HasDisjointPlacements) bound = Greedy(block, u, prices, profile, profile.NestedCaps, wants: true);
        bound = Math.Min(bound, Greedy(block, u, prices, profile, profile.NestedAlone, wants: false) + Wanted * _wants.Sum(w => w.Need));
        double worth = Greedy(block, u, prices, profile, only: null, wants: true);
        bound = Math.Max(bound, worth);
        return worth;
    }

    /// <summary>The same without a bound, where that is not asked for.</summary>
    public double Choose(AllocationBlock block, int u, double[] prices) => Greedy(block, u, prices, Open(block, u), only: null, wants: true);

    /// <summary>The candidates that were chosen, ascending.</summary>
    public ushort[] Chosen()
    {
        var list = new ushort[_size];
        int at = 0;
        for (int k = 0; k < _looked; k++)
            if (_taken[k]) list[at++] = (ushort)_index[k];
        return list;
    }

    /// <summary>
    /// Tells accounts what the list takes of them, and those of which bids are asked for up to which price each candidate stands on it, all others as they are.
    /// </summary>
    public void Bid(PriceSearch search, AccountBounds bounds, int[] bids, long[] demand)
    {
        var (bestOut, worstIn) = Edges();
        for (int k = 0; k < _looked; k++)
        {
            int item = _items[k];
            if (_taken[k])
                foreach (int account in bounds.Of(item)) demand[account]++;
            if (!search.IsOpenItem(item)) continue;
            double margin = _taken[k] ? Leaves(k, bestOut) : Comes(k, worstIn);
            foreach (int account in bounds.Of(item))
            {
                if (!search.IsOpen(account)) continue;
                double own = account < bounds.Stated ? margin : Together(k, bestOut, worstIn);
                bids[account * PriceSearch.Width + search.BinOf(account, search.Prices[account] + own)]++;
            }
        }
    }

    /// <summary>The best candidate that nothing blocks, and the least entry that could go for it.</summary>
    private (double BestOut, double WorstIn) Edges()
    {
        double bestOut = 0, worstIn = _size < _length ? 0 : double.PositiveInfinity;
        foreach (var want in _wants) want.Weigh(_values, _taken, _standsFor);
        for (int k = 0; k < _looked; k++)
        {
            if (_taken[k])
            {
                double worth = IsNeeded(k) ? _values[k] + Wanted : _values[k];
                _caps.Tell(_items[k], worth);
                worstIn = Math.Min(worstIn, worth);
            }
            else if (!_caps.IsBlocked(_items[k], _values[k]))
            {
                bestOut = Math.Max(bestOut, _values[k]);
            }
        }
        return (bestOut, worstIn);
    }

    /// <summary>Whether a promotion would miss the entry.</summary>
    private bool IsNeeded(int k) => _standsFor[k] >= 0 && _wants[_standsFor[k]].Surplus == 0;

    /// <summary>By how much the price of an entry could rise before the list would do without it.</summary>
    private double Leaves(int k, double bestOut)
    {
        bestOut = Math.Max(bestOut, _caps.BestOut(_items[k]));
        return IsNeeded(k) ? Math.Min(_values[k] + Wanted - bestOut, _values[k] - _wants[_standsFor[k]].BestOut) : _values[k] - bestOut;
    }

    /// <summary>By how much the price of a candidate could rise before it would not come any more; below 0: it has to fall.</summary>
    private double Comes(int k, double worstIn)
    {
        double value = _values[k], margin = value - _caps.WorstIn(_items[k], worstIn);
        foreach (var want in _wants)
            if (want.Has(_items[k])) margin = Math.Max(margin, want.Left > 0 ? value + Wanted - worstIn : value - want.WorstIn);
        return margin;
    }

    /// <summary>The same where all items of the promotion change their price: none of them comes in the place of another.</summary>
    private double Together(int k, double bestOut, double worstIn)
    {
        if (_taken[k]) return _values[k] + (IsNeeded(k) ? Wanted : 0) - Math.Max(bestOut, _caps.BestOut(_items[k]));
        bool isMissed = false;
        foreach (var want in _wants) isMissed |= want.Left > 0 && want.Has(_items[k]);
        return _values[k] + (isMissed ? Wanted : 0) - _caps.WorstIn(_items[k], worstIn);
    }

    private UserProfile Open(AllocationBlock block, int u)
    {
        int count = block.Offsets[u + 1] - block.Offsets[u];
        _length = block.Lengths[u];
        if (_values.Length < count)
        {
            (_index, _items, _values) = (new int[count], new int[count], new double[count]);
            (_order, _sorted, _taken, _standsFor) = (new int[count], new double[count], new bool[count], new int[count]);
        }
        foreach (var want in _wants) _spare.Push(want);
        _wants.Clear();
        var profile = rules.Of(block.Users[u]);
        foreach (var placement in profile.Placements)
        {
            if (WantedEntries.Need(placement, block, u) is not (> 0 and var need)) continue;
            var want = _spare.Count > 0 ? _spare.Pop() : new WantedItems();
            want.Open(placement, need);
            _wants.Add(want);
        }
        return profile;
    }

    /// <param name="only">Caps that are kept; null: all.</param>
    private double Greedy(AllocationBlock block, int u, double[] prices, UserProfile profile, bool[]? only, bool wants)
    {
        // Who else could stand there comes by descending weight: the first of them are enough unless prices say otherwise.
        int first = block.Offsets[u], count = block.Offsets[u + 1] - first, near = Math.Min(count, _length + Ahead);
        var items = block.Items.AsSpan(first, count);
        var weights = block.Weights.AsSpan(first, count);
        Look(items, weights, near, prices);
        _caps.Open(profile, only, block, u);
        double worth = Take(wants, out double last);
        if (near == count || !LookFarther(items, weights, near, prices, last)) return worth;
        _caps.Open(profile, only, block, u);
        return Take(wants, out _);
    }

    /// <param name="near">Candidates that are looked at whatever they cost; behind them what a rule wants, or subsidies lift above the last of them.</param>
    private void Look(ReadOnlySpan<int> items, ReadOnlySpan<float> weights, int near, double[] prices)
    {
        _looked = 0;
        double beyond = Beyond(weights, near);
        for (int k = 0; k < items.Length; k++)
        {
            double value = Full + weights[k] - prices[items[k]];
            if (k < near || value > beyond || IsWanted(items[k])) See(k, items[k], value);
        }
        foreach (var want in _wants) want.Find(_items.AsSpan(0, _looked), _values);
    }

    /// <summary>Looks at those behind too that bring more than the last place does, or are within <see cref="Reach"/> of that.</summary>
    /// <returns>Whether one of them brings more.</returns>
    private bool LookFarther(ReadOnlySpan<int> items, ReadOnlySpan<float> weights, int near, double[] prices, double last)
    {
        bool any = false;
        double beyond = Beyond(weights, near);
        for (int k = near; k < items.Length; k++)
        {
            double value = Full + weights[k] - prices[items[k]];
            if (!(value > last - Reach) || value > beyond || IsWanted(items[k])) continue;
            any |= value > last;
            (_taken[_looked], _standsFor[_looked]) = (false, -1);
            See(k, items[k], value);
        }
        return any;
    }

    private static double Beyond(ReadOnlySpan<float> weights, int near) => near > 0 ? Full + weights[near - 1] : 0;

    private void See(int k, int item, double value) => (_index[_looked], _items[_looked], _values[_looked++]) = (k, item, value);

    private bool IsWanted(int item)
    {
        foreach (var want in _wants)
            if (want.Has(item)) return true;
        return false;
    }

    /// <param name="last">What the last place brought that no promotion has; below 0 where every place is one's.</param>
    private double Take(bool wants, out double last)
    {
        _taken.AsSpan(0, _looked).Clear();
        _standsFor.AsSpan(0, _looked).Fill(-1);
        foreach (var want in _wants) want.Reset();
        int candidates = Sort();
        double worth = 0;
        int at = 0;
        last = -1;
        for (_size = 0; _size < _length; _size++)
        {
            while (at < candidates && (_taken[_order[at]] || _caps.IsFull(_items[_order[at]]))) at++;
            int best = at < candidates ? _order[at] : -1, stands = -1;
            double brings = best < 0 ? 0 : _values[best];
            for (int w = 0; wants && w < _wants.Count; w++)
            {
                if (_wants[w].Next(_taken, _caps, _items) is not (>= 0 and var k) || !(_values[k] + Wanted > brings)) continue;
                (best, stands, brings) = (k, w, _values[k] + Wanted);
            }
            if (best < 0) break;
            _taken[best] = true;
            _standsFor[best] = stands;
            if (stands >= 0) _wants[stands].Left--;
            else last = brings;
            _caps.Add(_items[best]);
            worth += brings;
        }
        if (_size < _length) last = 0;
        return worth;
    }

    private int Sort()
    {
        int count = 0;
        for (int k = 0; k < _looked; k++)
        {
            double value = _values[k];
            if (!(value > 0)) continue;
            // Candidates come nearly by value, so each moves but a few places.
            int at = count++;
            for (; at > 0 && _sorted[at - 1] < value; at--) (_order[at], _sorted[at]) = (_order[at - 1], _sorted[at - 1]);
            (_order[at], _sorted[at]) = (k, value);
        }
        return count;
    }
}
