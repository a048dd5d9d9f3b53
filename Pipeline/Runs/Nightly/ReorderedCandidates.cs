using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Candidates whose scores are changed and who stand in the order of what they became, on a scale of their own.</summary>
internal static class ReorderedCandidates
{
    /// <summary>The same candidates, to be changed; the scale is that of the scores as they came.</summary>
    public static CandidateBlock Copy(CandidateBlock of)
    {
        var copy = new CandidateBlock(of.Users, of.Depth)
        {
            Own = of.Own,
            IsLast = of.IsLast,
            Asked = of.Asked,
            Ranked = of.Ranked,
            Scales = [.. Enumerable.Range(0, of.Users.Length).Select(u => of.Scales?[u] ?? ScaleOf(of, u))],
        };
        of.Counts.CopyTo(copy.Counts, 0);
        of.Items.CopyTo(copy.Items, 0);
        of.Scores.CopyTo(copy.Scores, 0);
        of.Sources.CopyTo(copy.Sources, 0);
        return copy;
    }

    /// <summary>How many of a user's candidates the model gave.</summary>
    public static int Own(CandidateBlock of, int u) => of.Own?[u] ?? of.Counts[u];

    /// <summary>Puts a user's own candidates in the order of their scores, ties by item.</summary>
    public static void Sort(CandidateBlock of, int u)
    {
        int first = u * of.Depth, count = Own(of, u);
        int[] order = [.. Enumerable.Range(0, count).OrderByDescending(k => of.Scores[first + k]).ThenBy(k => of.Items[first + k])];
        Sort(of.Items.AsSpan(first, count), order);
        Sort(of.Scores.AsSpan(first, count), order);
        Sort(of.Sources.AsSpan(first, count), order);
    }

    private static void Sort<T>(Span<T> values, int[] order)
    {
        var before = values.ToArray();
        for (int k = 0; k < order.Length; k++) values[k] = before[order[k]];
    }

    private static (float High, float Low) ScaleOf(CandidateBlock of, int u) =>
        Own(of, u) is > 0 and var count ? (of.ScoresOf(u)[0], of.ScoresOf(u)[count - 1]) : (float.NaN, float.NaN);
}
