using Recsys.Batch.Pipeline.Constrain.Allocation;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Runs.Delta;

/// <summary>What the lists that a delta keeps take of the night's limits.</summary>
internal static class KeptEntries
{
    /// <summary>
    /// Counts kept lists user after user. One that would break a limit by now, since stock went down, is made anew with the others.
    /// </summary>
    /// <returns>Entries by account.</returns>
    public static long[] Count(ChangedUsers changed, BaseLists kept, Accounts accounts, int blockUsers)
    {
        var used = new long[accounts.All.Count];
        int[] stay = [.. changed.Listed.Where(u => !changed.Anew[u])];
        foreach (int[] members in stay.Chunk(blockUsers))
        {
            var lists = kept.With(members, None);
            for (int m = 0; m < members.Length; m++)
            {
                var items = lists.Items.AsSpan(lists.Offsets[m], lists.Offsets[m + 1] - lists.Offsets[m]);
                Add(items, 1);
                if (!IsBroken(items)) continue;
                Add(items, -1);
                changed.Anew[members[m]] = true;
            }
        }
        return used;

        void Add(ReadOnlySpan<int> items, int by)
        {
            foreach (int item in items)
                foreach (int account in accounts.Of(item)) used[account] += by;
        }

        bool IsBroken(ReadOnlySpan<int> items)
        {
            foreach (int item in items)
                foreach (int account in accounts.Of(item))
                    if (!accounts.All[account].IsFloor && used[account] > accounts.All[account].Bound) return true;
            return false;
        }
    }

    /// <summary>No lists.</summary>
    public static RecommendationBlock None { get; } = new()
    {
        Users = [],
        Offsets = [0],
        Items = [],
        Scores = [],
        Relevance = [],
        DiversityGain = [],
        Reasons = [],
        ReasonItems = [],
        Sources = [],
        Propensity = [],
    };
}
