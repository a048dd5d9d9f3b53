namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>
/// How far the caps of one list are used. A cap that yielded on the list as it came, because too few other candidates were there, yields as far now and no
/// farther. Memory: 32 bytes a group of every cap.
/// </summary>
internal sealed class CapCounts
{
    private readonly Dictionary<ListCap, CapGroups> _known = new(ReferenceEqualityComparer.Instance);
    private CapGroups[] _caps = [];
    private UserProfile? _profile;
    private bool[]? _only;

    /// <param name="only">Caps that are kept; null: all.</param>
    public void Open(UserProfile profile, bool[]? only, AllocationBlock block, int u)
    {
        if (_profile != profile || _only != only) Use(profile, only);
        var list = block.Items.AsSpan(block.Offsets[u], block.Lengths[u]);
        foreach (var cap in _caps) cap.Open(list);
    }

    public bool IsFull(int item)
    {
        foreach (var cap in _caps)
            if (cap.Has(item) && cap.Of(item).IsFull) return true;
        return false;
    }

    public void Add(int item)
    {
        foreach (var cap in _caps)
            if (cap.Has(item)) cap.Of(item).Count++;
    }

    /// <summary>Tells the groups of an entry what it is worth there, for <see cref="WorstIn"/>.</summary>
    public void Tell(int item, double value)
    {
        foreach (var cap in _caps)
        {
            if (!cap.Has(item)) continue;
            ref var group = ref cap.Of(item);
            group.Worst = Math.Min(group.Worst, value);
        }
    }

    /// <returns>Whether the candidate can come only in the place of an entry of its group, or not at all.</returns>
    public bool IsBlocked(int item, double value)
    {
        foreach (var cap in _caps)
        {
            if (!cap.Has(item)) continue;
            ref var group = ref cap.Of(item);
            if (!group.IsFull) continue;
            group.Best = Math.Max(group.Best, value);
            return true;
        }
        return false;
    }

    /// <summary>The best candidate that could come in the place of this entry alone; negative infinity where there is none.</summary>
    public double BestOut(int item)
    {
        double best = double.NegativeInfinity;
        foreach (var cap in _caps)
            if (cap.Has(item)) best = Math.Max(best, cap.Of(item).Best);
        return best;
    }

    /// <summary>The least entry in whose place a candidate could come that its caps block; infinite: none.</summary>
    /// <param name="free">What is said where they do not block it.</param>
    public double WorstIn(int item, double free)
    {
        foreach (var cap in _caps)
        {
            if (!cap.Has(item)) continue;
            ref var group = ref cap.Of(item);
            if (group.IsFull) return group.Worst;
        }
        return free;
    }

    private void Use(UserProfile profile, bool[]? only)
    {
        (_profile, _only) = (profile, only);
        // Users differ by profile, but profiles share their caps.
        _caps = [.. profile.Caps.Index().Where(c => only?[c.Index] != false).Select(c =>
            _known.TryGetValue(c.Item, out var known) ? known : _known[c.Item] = new CapGroups(c.Item))];
    }
}
