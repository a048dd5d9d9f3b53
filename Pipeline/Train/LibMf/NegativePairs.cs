using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.LibMf;

/// <summary>Pairs without interaction, drawn evenly and without repeats from what each user with a history does not have.</summary>
internal static class NegativePairs
{
    /// <summary>How many a user with <paramref name="length"/> pairs gets: all there are where fewer are left than asked for.</summary>
    public static int CountFor(int length, int items, int each) => (int)Math.Min((long)length * each, items - length);

    /// <summary>Writes the items drawn for <paramref name="user"/> to <paramref name="drawn"/>, ascending; the draw depends on seed and user alone.</summary>
    public static void Draw(SparseRows rows, int user, int each, ulong seed, List<int> drawn)
    {
        drawn.Clear();
        var has = rows.RowIndices(user);
        int count = CountFor(has.Length, rows.Columns, each);
        if (count == 0) return;
        // Floyd's sampling (Bentley and Floyd 1987) over the ranks of the items that the user does not have.
        var random = new SplitMix64(seed + (ulong)user, "negative pairs");
        int free = rows.Columns - has.Length;
        var ranks = new HashSet<int>(count);
        for (int top = free - count; top < free; top++)
        {
            int rank = random.NextInt(top + 1);
            if (!ranks.Add(rank)) ranks.Add(top);
        }
        drawn.AddRange(ranks.Order());
        int skipped = 0;
        for (int k = 0; k < drawn.Count; k++)
        {
            while (skipped < has.Length && has[skipped] <= drawn[k] + skipped) skipped++;
            drawn[k] += skipped;
        }
    }
}
