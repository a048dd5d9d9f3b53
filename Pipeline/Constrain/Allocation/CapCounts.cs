namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>
/// How far the caps of one list are used. A cap that yielded on the list as it came, because too few other candidates were there, yields as far now and no
/// farther.
/// </summary>
internal sealed class CapCounts
{
    private readonly List<(int Cap, int Group, int Count, int Most)> _groups = [];
    private UserProfile? _profile;
    private bool[]? _only;

    /// <param name="only">Caps that are kept; null: all.</param>
    public void Open(UserProfile profile, bool[]? only, AllocationBlock block, int u)
    {
        (_profile, _only) = (profile, only);
        _groups.Clear();
        int first = block.Offsets[u];
        for (int cap = 0; cap < profile.Caps.Count; cap++)
        {
            if (only?[cap] == false) continue;
            var (rule, groups) = profile.Caps[cap];
            for (int k = 0; k < block.Lengths[u]; k++)
            {
                if (groups[block.Items[first + k]] is not (>= 0 and var group)) continue;
                int at = At(cap, group);
                if (at < 0) _groups.Add((cap, group, 1, rule.Most));
                else _groups[at] = (cap, group, _groups[at].Count + 1, rule.Most);
            }
        }
        for (int at = 0; at < _groups.Count; at++)
        {
            var (cap, group, count, most) = _groups[at];
            _groups[at] = (cap, group, 0, Math.Max(count, most));
        }
    }

    public bool IsFull(int item)
    {
        for (int cap = 0; cap < _profile!.Caps.Count; cap++)
        {
            if (_only?[cap] == false) continue;
            var (rule, groups) = _profile.Caps[cap];
            if (groups[item] is not (>= 0 and var group)) continue;
            int at = At(cap, group);
            if (at < 0 ? rule.Most == 0 : _groups[at].Count >= _groups[at].Most) return true;
        }
        return false;
    }

    public void Add(int item)
    {
        for (int cap = 0; cap < _profile!.Caps.Count; cap++)
        {
            if (_only?[cap] == false) continue;
            var (rule, groups) = _profile.Caps[cap];
            if (groups[item] is not (>= 0 and var group)) continue;
            int at = At(cap, group);
            if (at < 0) _groups.Add((cap, group, 1, rule.Most));
            else _groups[at] = (cap, group, _groups[at].Count + 1, _groups[at].Most);
        }
    }

    private int At(int cap, int group)
    {
        for (int at = 0; at < _groups.Count; at++)
            if (_groups[at].Cap == cap && _groups[at].Group == group) return at;
        return -1;
    }
}
