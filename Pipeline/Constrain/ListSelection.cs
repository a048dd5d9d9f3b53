using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Constrain;

/// <summary>
/// Chooses the candidates of one list under caps, pins, slots and quotas. What rules place is taken first, in their order, each time the best candidate that
/// the caps leave; then the best that is left, entry after entry. For an objective that is a sum over entries, and caps and promotions of which any two are
/// disjoint or one within the other, that is the best list there is: such lists are the bases of a matroid. Where k kinds of caps overlap (brands and
/// sellers), the sum is at least 1/k of the best one's (Jenkyns 1976); with a gain of monotone and submodular diversity 1/(k + 1) (Fisher, Nemhauser and
/// Wolsey 1978).
/// </summary>
internal sealed class ListSelection : IListSelection
{
    private readonly UserProfile _profile;
    private readonly int[] _items;
    private readonly float[] _boosts;
    private readonly bool[] _taken;
    private readonly int[] _rule;
    private readonly int[] _place;
    private readonly int _length;
    private readonly bool _isLast;
    private readonly List<Requirement> _open = [];
    private readonly List<int> _yielded = [];
    private readonly Dictionary<(int Cap, int Group), int> _used = [];
    private readonly bool[] _relaxed;
    private int _count;
    private int _next;

    public ListSelection(UserProfile profile, ReadOnlySpan<int> items, int length, bool isLast)
    {
        _profile = profile;
        _items = items.ToArray();
        _length = Math.Min(length, items.Length);
        _isLast = isLast;
        _boosts = new float[items.Length];
        if (profile.Boosts is { } boosts)
            for (int k = 0; k < items.Length; k++) _boosts[k] = boosts[items[k]];
        _taken = new bool[items.Length];
        _rule = new int[items.Length];
        _place = new int[items.Length];
        _place.AsSpan().Fill(-1);
        _relaxed = new bool[profile.Caps.Count];
        Require(length);
    }

    public ReadOnlySpan<float> Boosts => _boosts;

    public bool HasPlaces => _rule.AsSpan().ContainsAnyExcept(0);

    public IReadOnlyList<int> Yielded => _yielded;

    public int PlaceOf(int candidate) => _place[candidate];

    public int RuleOf(int candidate) => _rule[candidate];

    public int Next(ReadOnlySpan<float> objective)
    {
        if (_count == _length)
        {
            while (_next < _open.Count) Yield(_open[_next++].Rule);
            return -1;
        }
        while (_next < _open.Count)
        {
            var wanted = _open[_next++];
            // A quota counts what stands on the list already.
            if (wanted.Rule.Kind == RuleKind.Quota && Has(wanted.Items) >= wanted.Count) continue;
            int found = Best(objective, wanted.Items, ignoreCaps: wanted.Rule.Kind == RuleKind.Pin);
            if (found < 0)
            {
                Yield(wanted.Rule);
                continue;
            }
            _rule[found] = wanted.Rule.Number;
            _place[found] = wanted.Place;
            return Take(found);
        }
        int best = Best(objective, among: null, ignoreCaps: false);
        for (int cap = _relaxed.Length - 1; best < 0 && _isLast && cap >= 0; cap--)
        {
            if (_relaxed[cap] || _profile.Caps[cap].Rule.Strict) continue;
            _relaxed[cap] = true;
            best = Best(objective, among: null, ignoreCaps: false);
            if (best >= 0) Yield(_profile.Caps[cap].Rule);
        }
        return best < 0 ? -1 : Take(best);
    }

    private void Require(int length)
    {
        var places = new HashSet<int>();
        foreach (var placement in _profile.Placements)
        {
            var rule = placement.Rule;
            if (rule.Kind == RuleKind.Quota)
            {
                for (int entry = 1; entry <= Math.Min(rule.Least, length); entry++) _open.Add(new Requirement(rule, placement.Items, -1, entry));
                continue;
            }
            foreach (int place in rule.Positions.Count > 0 ? rule.Positions : [0])
            {
                // A place beyond the list's end, or that a rule before this one has, is not to be had.
                if (place > length || place > 0 && !places.Add(place)) Yield(rule);
                else _open.Add(new Requirement(rule, placement.Items, place - 1, 1));
            }
        }
    }

    private int Has(ItemSet items)
    {
        int count = 0;
        for (int k = 0; k < _items.Length; k++)
            if (_taken[k] && items.Contains(_items[k])) count++;
        return count;
    }

    private int Best(ReadOnlySpan<float> objective, ItemSet? among, bool ignoreCaps)
    {
        int best = -1;
        for (int k = 0; k < _items.Length; k++)
        {
            if (_taken[k] || best >= 0 && !(objective[k] > objective[best])) continue;
            if (among?.Contains(_items[k]) == false || !ignoreCaps && IsCapped(_items[k])) continue;
            best = k;
        }
        return best;
    }

    private bool IsCapped(int item)
    {
        for (int cap = 0; cap < _relaxed.Length; cap++)
        {
            var (rule, groups) = _profile.Caps[cap];
            if (!_relaxed[cap] && groups[item] >= 0 && (rule.Most == 0 || _used.GetValueOrDefault((cap, groups[item])) >= rule.Most)) return true;
        }
        return false;
    }

    private int Take(int candidate)
    {
        _taken[candidate] = true;
        _count++;
        for (int cap = 0; cap < _relaxed.Length; cap++)
        {
            int group = _profile.Caps[cap].Groups[_items[candidate]];
            if (group >= 0) _used[(cap, group)] = _used.GetValueOrDefault((cap, group)) + 1;
        }
        return candidate;
    }

    private void Yield(Rule rule)
    {
        if (!_yielded.Contains(rule.Number)) _yielded.Add(rule.Number);
    }

    /// <param name="Place">From 0; -1: anywhere.</param>
    /// <param name="Count">Of a quota: how many of its entries the list has with this one.</param>
    private readonly record struct Requirement(Rule Rule, ItemSet Items, int Place, int Count);
}
