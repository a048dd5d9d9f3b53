namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>Which entries of a list stand for what rules had placed: of each rule as many as there were, the first that are of its items.</summary>
internal static class WantedEntries
{
    /// <summary>How many there are.</summary>
    public static int Count(UserProfile profile, AllocationBlock block, int u, ushort[] list)
    {
        if (profile.Placements.Count == 0) return 0;
        int count = 0;
        foreach (int rule in RuleOf(profile, block, u, list))
            if (rule > 0) count++;
        return count;
    }

    /// <summary>Of each entry the rule that it stands for; 0: none.</summary>
    public static int[] RuleOf(UserProfile profile, AllocationBlock block, int u, ushort[] list)
    {
        var rules = new int[list.Length];
        int first = block.Offsets[u];
        foreach (var placement in profile.Placements)
        {
            int need = 0;
            for (int k = 0; k < block.Lengths[u]; k++)
                if (block.Source[first + k] == placement.Rule.Number) need++;
            // Those that were placed by it first.
            for (int turn = 0; turn < 2 && need > 0; turn++)
            {
                for (int entry = 0; entry < list.Length && need > 0; entry++)
                {
                    bool own = list[entry] < block.Lengths[u] && block.Source[first + list[entry]] == placement.Rule.Number;
                    if (rules[entry] != 0 || own != (turn == 0) || !placement.Items.Contains(block.Items[first + list[entry]])) continue;
                    rules[entry] = placement.Rule.Number;
                    need--;
                }
            }
        }
        return rules;
    }
}
