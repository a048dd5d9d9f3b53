namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>How well scores tell cases of two kinds apart.</summary>
internal static class AreaUnderCurve
{
    /// <summary>
    /// Share of the pairs of a case that happened and one that did not that stand in the right order; a tie counts half (Mann and Whitney 1947).
    /// </summary>
    /// <returns>Null where one of the two kinds is missing.</returns>
    public static double? Of<T>(ReadOnlySpan<T> scores, Predicate<int> happened) where T : IComparable<T>
    {
        T[] sorted = scores.ToArray();
        int[] order = [.. Enumerable.Range(0, sorted.Length)];
        Array.Sort(sorted, order);
        double right = 0;
        long below = 0, hits = 0;
        for (int from = 0, to; from < order.Length; from = to)
        {
            long here = 0, others = 0;
            for (to = from; to < order.Length && sorted[to].CompareTo(sorted[from]) == 0; to++)
            {
                if (happened(order[to])) here++;
                else others++;
            }
            right += here * (below + others / 2.0);
            (below, hits) = (below + others, hits + here);
        }
        return hits == 0 || below == 0 ? null : right / ((double)hits * below);
    }
}
