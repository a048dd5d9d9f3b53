namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>
/// The best list of one user at given prices: of the candidates whose weight less price is above 0 as many as the list has entries, under the user's caps, and
/// of each promotion as many as the rules had placed. An entry is worth 1 beside its weight, so that a shorter list costs, and 4 more where a rule wants it.
/// One thread's.
/// </summary>
internal sealed class UserChoice(RuleSet rules)
{
    /// <summary>What it is worth that an entry is there at all.</summary>
    public const float Full = 1;

    /// <summary>What it is worth that a rule's entry is.</summary>
    public const float Wanted = 4;

    /// <summary>Candidates beside the list's entries that are looked at first.</summary>
    private const int Ahead = 24;

    private readonly List<(int Cap, int Group, int Count)> _used = [];
    private double[] _values = [];
    private bool[] _taken = [];
    private int[] _order = [];
    private int _count;

    public ReadOnlySpan<bool> Taken => _taken.AsSpan(0, _count);

    public ReadOnlySpan<double> Values => _values.AsSpan(0, _count);

    /// <summary>The least value of an entry that no rule wants; infinite where every entry is wanted.</summary>
    public double WorstIn { get; private set; }

    /// <summary>The greatest value of a candidate that was not taken, at least 0: that is what an empty place is worth.</summary>
    public double BestOut { get; private set; }

    /// <param name="prices">By item; infinite where an item cannot be had.</param>
    /// <param name="bound">No list of the user's is worth more; the list's own worth where that is the best there is.</param>
    /// <returns>The worth of the list that was chosen, prices taken off.</returns>
    public double Choose(AllocationBlock block, int u, double[] prices, out double bound)
    {
        int first = block.Offsets[u], length = block.Lengths[u];
        _count = block.Offsets[u + 1] - first;
        if (_values.Length < _count)
            (_values, _taken, _order) = (new double[_count], new bool[_count], new int[_count]);
        for (int k = 0; k < _count; k++) _values[k] = Full + block.Weights[first + k] - prices[block.Items[first + k]];
        var profile = rules.Of(block.Users[u]);
        // Who else could stand there comes by descending weight: the first of them are enough unless prices say otherwise.
        int near = Math.Min(_count, length + Ahead);
        double worth = Choose(block, first, length, near, profile, out int wanted);
        if (near < _count && Full + block.Weights[first + near] > WorstIn) worth = Choose(block, first, length, _count, profile, out wanted);
        BestOut = 0;
        for (int k = 0; k < _count; k++)
            if (!_taken[k] && _values[k] > BestOut) BestOut = _values[k];
        bound = profile.IsLaminar ? worth : Math.Max(worth, Unconstrained(length) + Wanted * wanted);
        return worth;
    }

    /// <param name="near">Candidates that are looked at whatever they cost; behind them only what is subsidized.</param>
    private double Choose(AllocationBlock block, int first, int length, int near, UserProfile profile, out int wanted)
    {
        _taken.AsSpan(0, _count).Clear();
        _used.Clear();
        double worth = 0;
        int taken = 0;
        wanted = 0;
        if (profile.Placements.Count > 0) worth = TakeWanted(block, first, length, profile, ref taken, ref wanted);
        WorstIn = double.PositiveInfinity;
        return length == taken ? worth : worth + TakeBest(block, first, near, length - taken, profile);
    }

    private double TakeWanted(AllocationBlock block, int first, int length, UserProfile profile, ref int taken, ref int wanted)
    {
        double worth = 0;
        foreach (var placement in profile.Placements)
        {
            int number = placement.Rule.Number, need = 0;
            for (int k = 0; k < length; k++)
                if (block.Source[first + k] == number) need++;
            wanted += need;
            for (; need > 0; need--)
            {
                int best = -1;
                for (int k = 0; k < _count; k++)
                {
                    if (_taken[k] || !(_values[k] + Wanted > 0) || best >= 0 && !(_values[k] > _values[best])) continue;
                    if (!placement.Items.Contains(block.Items[first + k])) continue;
                    if (placement.Rule.Kind != RuleKind.Pin && IsCapped(profile, block.Items[first + k])) continue;
                    best = k;
                }
                if (best < 0) break;
                Take(profile, block.Items[first + best], best);
                worth += _values[best] + Wanted;
                taken++;
            }
        }
        return worth;
    }

    private double TakeBest(AllocationBlock block, int first, int near, int room, UserProfile profile)
    {
        int count = 0;
        for (int k = 0; k < _count; k++)
        {
            double value = _values[k];
            if (_taken[k] || !(value > 0) || k >= near && !(value > Full + block.Weights[first + k])) continue;
            // Candidates come nearly by value, so each moves but a few places.
            int at = count++;
            for (; at > 0 && _values[_order[at - 1]] < value; at--) _order[at] = _order[at - 1];
            _order[at] = k;
        }
        double worth = 0;
        int left = room;
        for (int at = 0; at < count && left > 0; at++)
        {
            int k = _order[at];
            if (IsCapped(profile, block.Items[first + k])) continue;
            Take(profile, block.Items[first + k], k);
            worth += _values[k];
            WorstIn = _values[k];
            left--;
        }
        if (left > 0) WorstIn = 0;
        return worth;
    }

    private double Unconstrained(int length)
    {
        var best = new PriorityQueue<double, double>();
        for (int k = 0; k < _count; k++)
        {
            if (!(_values[k] > 0)) continue;
            if (best.Count < length) best.Enqueue(_values[k], _values[k]);
            else best.EnqueueDequeue(_values[k], _values[k]);
        }
        double worth = 0;
        while (best.TryDequeue(out double value, out _)) worth += value;
        return worth;
    }

    private bool IsCapped(UserProfile profile, int item)
    {
        for (int cap = 0; cap < profile.Caps.Count; cap++)
        {
            var (rule, groups) = profile.Caps[cap];
            if (groups[item] >= 0 && (rule.Most == 0 || Used(cap, groups[item]) >= rule.Most)) return true;
        }
        return false;
    }

    private int Used(int cap, int group)
    {
        foreach (var used in _used)
            if (used.Cap == cap && used.Group == group) return used.Count;
        return 0;
    }

    private void Take(UserProfile profile, int item, int k)
    {
        _taken[k] = true;
        for (int cap = 0; cap < profile.Caps.Count; cap++)
        {
            int group = profile.Caps[cap].Groups[item];
            if (group < 0) continue;
            int at = _used.FindIndex(used => used.Cap == cap && used.Group == group);
            if (at < 0) _used.Add((cap, group, 1));
            else _used[at] = (cap, group, _used[at].Count + 1);
        }
    }
}
