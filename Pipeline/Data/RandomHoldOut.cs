namespace Recsys.Batch.Pipeline.Data;

/// <summary>
/// Splits interactions without time: of every user with at least two pairs, the share (rounded, at least one, never all) with the smallest
/// hashes of seed, user and item goes to test. A pair's side depends on nothing else. Its rating goes with it; of the ratings of pairs that are no
/// interactions the same share is drawn, each by its own hash.
/// </summary>
internal static class RandomHoldOut
{
    public static HoldOut Split(InteractionMatrix all, double share, ulong seed)
    {
        var rows = all.ByUser;
        var held = new bool[rows.Count];
        var hashes = Array.Empty<ulong>();
        var positions = Array.Empty<int>();
        for (int u = 0; u < rows.Rows; u++)
        {
            int n = rows.RowLength(u);
            if (n < 2) continue;
            if (hashes.Length < n)
            {
                hashes = new ulong[n * 2];
                positions = new int[n * 2];
            }
            for (int k = 0; k < n; k++)
            {
                positions[k] = rows.Pointers[u] + k;
                hashes[k] = Hash(seed, (uint)u, (uint)rows.Indices[rows.Pointers[u] + k]);
            }
            hashes.AsSpan(0, n).Sort(positions.AsSpan(0, n));
            int take = Math.Clamp((int)Math.Round(n * share), 1, n - 1);
            foreach (int position in positions.AsSpan(0, take)) held[position] = true;
        }
        var split = new HoldOut(all.Where(held, wanted: false), all.Where(held, wanted: true).ByUser, 0);
        if (all.Ratings is not { } ratings) return split;
        bool IsHeld(int user, int item, int at) => rows.RowIndices(user).BinarySearch(item) is >= 0 and int pair
            ? held[rows.Pointers[user] + pair]
            : Hash(seed, (uint)user, (uint)item) < share * ulong.MaxValue;
        var train = split.Train;
        return split with
        {
            Train = train.With(train.ByUser, train.LastSeen, train.Disliked, ratings.Where((user, item, at) => !IsHeld(user, item, at))),
            TestRatings = ratings.Where(IsHeld).Rows,
        };
    }

    // SplitMix64's finalizer over the three numbers.
    private static ulong Hash(ulong seed, uint user, uint item)
    {
        ulong h = seed + 0x9E3779B97F4A7C15UL * (((ulong)user << 32) | item);
        h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9UL;
        h = (h ^ (h >> 27)) * 0x94D049BB133111EBUL;
        return h ^ (h >> 31);
    }
}
