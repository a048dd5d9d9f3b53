namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>Which entries of a list stand for what rules ask for: of each rule as many as the list had, at most as many as the rule wants.</summary>
internal static class WantedEntries
{
    /// <summary>Entries that a promotion is to have: all that a quota asks for, as far as the list had them, and what a pin or slot had placed.</summary>
    public static int Need(Placement placement, AllocationBlock block, int u)
    {
        int need = 0, first = block.Offsets[u];
        bool isQuota = placement.Rule.Kind == RuleKind.Quota;
        for (int k = 0; k < block.Lengths[u]; k++)
        {
            int by = block.PlacedBy(u, k);
            if (by == placement.Rule.Number || isQuota && by == 0 && placement.Items.Contains(block.Items[first + k])) need++;
        }
        return isQuota ? Math.Min(need, placement.Rule.Least) : need;
    }

    /// <summary>How many there are.</summary>
    public static int Count(UserProfile profile, AllocationBlock block, int u, ReadOnlySpan<ushort> list)
    {
        if (profile.Placements.Count == 0) return 0;
        int count = 0;
        foreach (int rule in RuleOf(profile, block, u, list))
            if (rule > 0) count++;
        return count;
    }

    /// <summary>Of each entry the rule that it stands for; 0: none.</summary>
    public static int[] RuleOf(UserProfile profile, AllocationBlock block, int u, ReadOnlySpan<ushort> list)
    {
        var rules = new int[list.Length];
        int first = block.Offsets[u];
        foreach (var placement in profile.Placements)
        {
            int need = Need(placement, block, u);
            // Those that were placed by it first.
            for (int turn = 0; turn < 2 && need > 0; turn++)
            {
                for (int entry = 0; entry < list.Length && need > 0; entry++)
                {
                    bool own = list[entry] < block.Lengths[u] && block.PlacedBy(u, list[entry]) == placement.Rule.Number;
                    if (rules[entry] != 0 || own != (turn == 0) || !placement.Items.Contains(block.Items[first + list[entry]])) continue;
                    rules[entry] = placement.Rule.Number;
                    need--;
                }
            }
        }
        return rules;
    }
}
