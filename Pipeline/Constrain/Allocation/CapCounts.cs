using System.Runtime.InteropServices;

namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>
/// How far the caps of one list are used. A cap that yielded on the list as it came, because too few other candidates were there, yields as far now and no
/// farther.
/// </summary>
internal sealed class CapCounts
{
    private readonly List<Group> _groups = [];
    private UserProfile? _profile;
    private bool[]? _only;

    /// <param name="only">Caps that are kept; null: all.</param>
    public void Open(UserProfile profile, bool[]? only, AllocationBlock block, int u)
    {
        (_profile, _only) = (profile, only);
        _groups.Clear();
        if (profile.Caps.Count == 0) return;
        for (int k = 0; k < block.Lengths[u]; k++) Add(block.Items[block.Offsets[u] + k]);
        foreach (ref var group in CollectionsMarshal.AsSpan(_groups)) (group.Most, group.Count) = (Math.Max(group.Count, group.Most), 0);
    }

    public bool IsFull(int item) => Blocking(item) != -1;

    public void Add(int item)
    {
        for (int cap = 0; cap < _profile!.Caps.Count; cap++)
        {
            if (!Counts(cap, item, out int at, out int group)) continue;
            if (at < 0) _groups.Add(new Group { Cap = cap, Of = group, Count = 1, Most = _profile.Caps[cap].Rule.Most });
            else CollectionsMarshal.AsSpan(_groups)[at].Count++;
        }
    }

    /// <summary>Makes ready for what is said at the edges of groups: <see cref="Tell"/>, then <see cref="BestOut"/> and <see cref="WorstIn"/>.</summary>
    public void Weigh()
    {
        foreach (ref var group in CollectionsMarshal.AsSpan(_groups)) (group.Best, group.Worst) = (double.NegativeInfinity, double.PositiveInfinity);
    }

    /// <summary>Tells the groups of an entry what it is worth there.</summary>
    public void Tell(int item, double value)
    {
        for (int cap = 0; cap < _profile!.Caps.Count; cap++)
        {
            if (!Counts(cap, item, out int at, out _) || at < 0) continue;
            ref var group = ref CollectionsMarshal.AsSpan(_groups)[at];
            group.Worst = Math.Min(group.Worst, value);
        }
    }

    /// <returns>Whether the candidate can come only in the place of an entry of its group, or not at all.</returns>
    public bool IsBlocked(int item, double value)
    {
        int at = Blocking(item);
        if (at == -1) return false;
        if (at >= 0)
        {
            ref var group = ref CollectionsMarshal.AsSpan(_groups)[at];
            group.Best = Math.Max(group.Best, value);
        }
        return true;
    }

    /// <summary>The best candidate that could come in the place of this entry alone; negative infinity where there is none.</summary>
    public double BestOut(int item)
    {
        double best = double.NegativeInfinity;
        for (int cap = 0; cap < _profile!.Caps.Count; cap++)
            if (Counts(cap, item, out int at, out _) && at >= 0) best = Math.Max(best, _groups[at].Best);
        return best;
    }

    /// <summary>The least entry in whose place a candidate could come that its caps block; infinite: none.</summary>
    /// <param name="free">What is said where they do not block it.</param>
    public double WorstIn(int item, double free)
    {
        int at = Blocking(item);
        return at == -1 ? free : at == NeverAny ? double.PositiveInfinity : _groups[at].Worst;
    }

    /// <summary>A cap of no entries at all.</summary>
    private const int NeverAny = -2;

    /// <returns>The first group that has no room for the item; -1: all have; <see cref="NeverAny"/>.</returns>
    private int Blocking(int item)
    {
        for (int cap = 0; cap < _profile!.Caps.Count; cap++)
        {
            if (!Counts(cap, item, out int at, out _)) continue;
            if (at < 0)
            {
                if (_profile.Caps[cap].Rule.Most == 0) return NeverAny;
            }
            else if (_groups[at].Count >= _groups[at].Most)
            {
                return at;
            }
        }
        return -1;
    }

    private bool Counts(int cap, int item, out int at, out int group)
    {
        (at, group) = (-1, -1);
        if (_only?[cap] == false || _profile!.Caps[cap].Groups[item] is not (>= 0 and var of)) return false;
        group = of;
        var groups = CollectionsMarshal.AsSpan(_groups);
        for (int i = 0; i < groups.Length; i++)
        {
            if (groups[i].Of != of || groups[i].Cap != cap) continue;
            at = i;
            break;
        }
        return true;
    }

    private record struct Group(int Cap, int Of, int Count, int Most, double Best, double Worst);
}
