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

    private readonly List<WantedItems> _wants = [];
    private readonly CapCounts _caps = new();
    private double[] _values = [];
    private int[] _order = [];
    private bool[] _taken = [];
    private int[] _standsFor = [];
    private int _count;
    private int _length;
    private int _size;
    private double _bestOut;
    private double _worstIn;

    public ReadOnlySpan<bool> Taken => _taken.AsSpan(0, _count);

    /// <param name="prices">By item; infinite where an item cannot be had.</param>
    /// <param name="bound">No list of the user's is worth more; the list's own worth where that is the best there is.</param>
    /// <returns>The worth of the list that was chosen, prices taken off.</returns>
    public double Choose(AllocationBlock block, int u, double[] prices, out double bound)
    {
        var profile = Open(block, u, prices);
        bound = double.PositiveInfinity;
        if (!profile.IsLaminar)
        {
            if (profile.HasDisjointPlacements) bound = Greedy(block, u, profile, profile.NestedCaps, wants: true);
            if (!profile.HasDisjointPlacements || profile.NestedCaps.Contains(false))
                bound = Math.Min(bound, Greedy(block, u, profile, profile.NestedAlone, wants: false) + Wanted * _wants.Sum(w => w.Need));
        }
        double worth = Greedy(block, u, profile, only: null, wants: true);
        bound = profile.IsLaminar ? worth : Math.Max(bound, worth);
        return worth;
    }

    /// <summary>The same without a bound, where that is not asked for.</summary>
    public double Choose(AllocationBlock block, int u, double[] prices) => Greedy(block, u, Open(block, u, prices), only: null, wants: true);

    /// <summary>Makes ready for <see cref="Margin"/>: what stands at the edge of the list.</summary>
    public void Weigh(AllocationBlock block, int u)
    {
        (_bestOut, _worstIn) = (0, _size < _length ? 0 : double.PositiveInfinity);
        foreach (var want in _wants) want.Weigh(_values, _taken, _standsFor);
        for (int k = 0; k < _count; k++)
        {
            if (!_taken[k])
            {
                if (_values[k] > _bestOut) _bestOut = _values[k];
                continue;
            }
            double leaves = _standsFor[k] < 0 || _wants[_standsFor[k]].Surplus > 0 ? _values[k] : _values[k] + Wanted;
            if (leaves < _worstIn) _worstIn = leaves;
        }
    }

    /// <summary>
    /// By how much the candidate's price could rise before the list would do without it, or, of one that is not on it, has to fall before it comes (below 0);
    /// all others as they are. Caps are left aside: it is a price's direction that is asked for.
    /// </summary>
    public double Margin(int k, int item)
    {
        double value = _values[k];
        if (_taken[k])
        {
            if (_standsFor[k] < 0 || _wants[_standsFor[k]].Surplus > 0) return value - _bestOut;
            return Math.Min(value + Wanted - _bestOut, value - _wants[_standsFor[k]].BestOut);
        }
        double margin = value - _worstIn;
        foreach (var want in _wants)
        {
            if (!want.Has(item)) continue;
            margin = Math.Max(margin, want.Left > 0 ? value + Wanted - _worstIn : value - want.WorstIn);
        }
        return margin;
    }

    private UserProfile Open(AllocationBlock block, int u, double[] prices)
    {
        int first = block.Offsets[u];
        (_count, _length) = (block.Offsets[u + 1] - first, block.Lengths[u]);
        if (_values.Length < _count)
            (_values, _order, _taken, _standsFor) = (new double[_count], new int[_count], new bool[_count], new int[_count]);
        for (int k = 0; k < _count; k++) _values[k] = Full + block.Weights[first + k] - prices[block.Items[first + k]];
        var profile = rules.Of(block.Users[u]);
        _wants.Clear();
        foreach (var placement in profile.Placements)
            if (WantedEntries.Need(placement, block, u) is > 0 and var need) _wants.Add(new WantedItems(placement, need, block, u, _values));
        return profile;
    }

    /// <param name="only">Caps that are kept; null: all.</param>
    private double Greedy(AllocationBlock block, int u, UserProfile profile, bool[]? only, bool wants)
    {
        _caps.Open(profile, only, block, u);
        // Who else could stand there comes by descending weight: the first of them are enough unless prices say otherwise.
        int near = Math.Min(_count, _length + Ahead);
        double worth = Take(block, block.Offsets[u], near, wants, out double last);
        if (near == _count || !(Full + block.Weights[block.Offsets[u] + near] > last)) return worth;
        _caps.Open(profile, only, block, u);
        return Take(block, block.Offsets[u], _count, wants, out _);
    }

    /// <param name="near">Candidates that are looked at whatever they cost; behind them only what is subsidized.</param>
    /// <param name="last">What the last place brought that no promotion has; below 0 where every place is one's.</param>
    private double Take(AllocationBlock block, int first, int near, bool wants, out double last)
    {
        _taken.AsSpan(0, _count).Clear();
        _standsFor.AsSpan(0, _count).Fill(-1);
        foreach (var want in _wants) want.Reset();
        int candidates = Sort(block, first, near);
        double worth = 0;
        int at = 0;
        last = double.PositiveInfinity;
        for (_size = 0; _size < _length; _size++)
        {
            while (at < candidates && (_taken[_order[at]] || _caps.IsFull(block.Items[first + _order[at]]))) at++;
            int best = at < candidates ? _order[at] : -1, stands = -1;
            double brings = best < 0 ? 0 : _values[best];
            for (int w = 0; wants && w < _wants.Count; w++)
            {
                if (_wants[w].Next(_taken, _caps, block, first) is not (>= 0 and var k) || !(_values[k] + Wanted > brings)) continue;
                (best, stands, brings) = (k, w, _values[k] + Wanted);
            }
            if (best < 0) break;
            _taken[best] = true;
            _standsFor[best] = stands;
            if (stands >= 0) _wants[stands].Left--;
            else last = brings;
            _caps.Add(block.Items[first + best]);
            worth += brings;
        }
        if (_size < _length) last = 0;
        else if (double.IsPositiveInfinity(last)) last = -1;
        return worth;
    }

    private int Sort(AllocationBlock block, int first, int near)
    {
        int count = 0;
        for (int k = 0; k < _count; k++)
        {
            double value = _values[k];
            if (!(value > 0) || k >= near && !(value > Full + block.Weights[first + k])) continue;
            // Candidates come nearly by value, so each moves but a few places.
            int at = count++;
            for (; at > 0 && _values[_order[at - 1]] < value; at--) _order[at] = _order[at - 1];
            _order[at] = k;
        }
        return count;
    }
}
