using System.Numerics;

namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>
/// Probability that a relevant item outranks one that is not, over all items that may be ranked, ties counting half (Rendle et al. 2009).
/// </summary>
internal static class RankingAuc
{
    /// <param name="scores">All items' scores; overwritten.</param>
    /// <param name="relevant">Ascending; none of it in <paramref name="excluded"/>.</param>
    /// <param name="excluded">Items that are not ranked.</param>
    /// <param name="allowed">Items that are ranked at all; null is all.</param>
    /// <param name="positives">Room for as many scores as <paramref name="relevant"/> has items.</param>
    /// <returns>NaN where nothing is left to compare with.</returns>
    public static float Of(Span<float> scores, ReadOnlySpan<int> relevant, ReadOnlySpan<int> excluded, bool[]? allowed, Span<float> positives)
    {
        for (int r = 0; r < relevant.Length; r++) positives[r] = scores[relevant[r]];
        foreach (int item in relevant) scores[item] = float.NaN;
        foreach (int item in excluded) scores[item] = float.NaN;
        for (int item = 0; allowed is not null && item < scores.Length; item++)
            if (!allowed[item]) scores[item] = float.NaN;
        // NaN compares false with everything, so what is not ranked counts nowhere.
        long others = scores.Length - CountNaN(scores);
        if (others == 0 || relevant.IsEmpty) return float.NaN;
        double wins = 0;
        foreach (float positive in positives[..relevant.Length])
        {
            var (below, equal) = Compare(scores, positive);
            wins += below + 0.5 * equal;
        }
        return (float)(wins / ((double)others * relevant.Length));
    }

    private static (long Below, long Equal) Compare(ReadOnlySpan<float> scores, float positive)
    {
        long below = 0, equal = 0;
        int i = 0;
        var p = new Vector<float>(positive);
        int width = Vector<float>.Count;
        for (; i + width <= scores.Length; i += width)
        {
            var v = new Vector<float>(scores[i..]);
            below -= Vector.Sum(Vector.LessThan(v, p));
            equal -= Vector.Sum(Vector.Equals(v, p));
        }
        for (; i < scores.Length; i++)
        {
            if (scores[i] < positive) below++;
            else if (scores[i] == positive) equal++;
        }
        return (below, equal);
    }

    private static long CountNaN(ReadOnlySpan<float> scores)
    {
        long count = 0;
        foreach (float s in scores)
            if (float.IsNaN(s)) count++;
        return count;
    }
}
