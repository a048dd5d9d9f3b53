namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>Finds the swap that brings a list most: a candidate in, the entry out that may go, without a cap, a limit or a floor broken by it.</summary>
/// <param name="prices">By item; infinite where it cannot be had.</param>
/// <param name="open">The same, be it to be had or not.</param>
internal sealed class EntrySwap(RuleSet rules, Accounts accounts, long[] used, double[] prices, double[] open)
{
    /// <param name="least">A swap that brings less is none.</param>
    /// <returns>The candidate that comes, and the entry that goes: -1 where the list has room. Null: there is no such swap.</returns>
    public (ushort In, int Out)? Find(AllocationBlock block, int u, ushort[] list, double least)
    {
        int first = block.Offsets[u], count = block.Offsets[u + 1] - first;
        var profile = rules.Of(block.Users[u]);
        int[]? wanted = profile.Placements.Count > 0 ? WantedEntries.RuleOf(profile, block, u, list) : null;
        bool hasRoom = list.Length < block.Lengths[u];
        // The entry that may go and is worth least: without caps it is the one that goes, whoever comes.
        int weakest = Weakest(block, first, list, wanted, among: null, newcomer: -1, profile);
        double floor = hasRoom ? 0 : weakest < 0 ? double.PositiveInfinity : Worth(block, first + list[weakest]);
        (ushort In, int Out)? found = null;
        double gain = least;
        for (int k = 0; k < count; k++)
        {
            double value = Value(block, first + k);
            if (!(value - floor > gain) || Array.IndexOf(list, (ushort)k) >= 0) continue;
            int item = block.Items[first + k];
            int goes = -1;
            if (Blocks(profile, block, first, list, item) is { Count: > 0 } full)
            {
                goes = Weakest(block, first, list, wanted, full, item, profile);
                if (goes < 0) continue;
            }
            else if (!hasRoom) goes = weakest;
            double brings = value - (goes < 0 ? 0 : Worth(block, first + list[goes]));
            if (!(brings > gain)) continue;
            gain = brings;
            found = ((ushort)k, goes);
        }
        return found;
    }

    private double Value(AllocationBlock block, int at)
    {
        double price = prices[block.Items[at]];
        return double.IsPositiveInfinity(price) ? double.NegativeInfinity : UserChoice.Full + block.Weights[at] - price;
    }

    /// <summary>The caps that a newcomer would break.</summary>
    private static List<(int Cap, int Group)> Blocks(UserProfile profile, AllocationBlock block, int first, ushort[] list, int item)
    {
        var full = new List<(int, int)>();
        for (int cap = 0; cap < profile.Caps.Count; cap++)
        {
            var (rule, groups) = profile.Caps[cap];
            if (groups[item] < 0) continue;
            int has = 0;
            foreach (ushort k in list)
                if (groups[block.Items[first + k]] == groups[item]) has++;
            if (has >= rule.Most) full.Add((cap, groups[item]));
        }
        return full;
    }

    /// <param name="among">Caps and groups that the entry has to be of; null: any.</param>
    private int Weakest(
        AllocationBlock block, int first, ushort[] list, int[]? wanted, List<(int Cap, int Group)>? among, int newcomer, UserProfile profile)
    {
        int weakest = -1;
        double least = double.PositiveInfinity;
        for (int entry = 0; entry < list.Length; entry++)
        {
            int item = block.Items[first + list[entry]];
            if (wanted?[entry] > 0 || IsNeeded(item, newcomer)) continue;
            if (among is not null && !among.TrueForAll(a => profile.Caps[a.Cap].Groups[item] == a.Group)) continue;
            double value = Worth(block, first + list[entry]);
            if (value < least) (weakest, least) = (entry, value);
        }
        return weakest;
    }

    // One scale for all, so that every swap brings the night forward and none is ever taken back.
    private double Worth(AllocationBlock block, int at) => UserChoice.Full + block.Weights[at] - open[block.Items[at]];

    /// <summary>Whether a floor would not be met any more without it.</summary>
    private bool IsNeeded(int item, int newcomer)
    {
        foreach (int account in accounts.Of(item))
        {
            if (accounts.All[account].IsFloor && used[account] <= accounts.All[account].Bound
                && (newcomer < 0 || !accounts.Of(newcomer).Contains(account)))
                return true;
        }
        return false;
    }
}
