namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>How much two lists share, their order apart. Lists hold no repeats.</summary>
/// <param name="Jaccard">Shared items / items in either.</param>
/// <param name="Dice">2 x shared items / sum of both lengths (Sorensen-Dice).</param>
internal readonly record struct ListOverlap(double Jaccard, double Dice)
{
    /// <summary>Two empty lists are the same list: 1.</summary>
    public static ListOverlap Of(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        if (a.IsEmpty && b.IsEmpty) return new ListOverlap(1, 1);
        int shared = 0;
        foreach (int item in a)
            if (b.Contains(item)) shared++;
        return new ListOverlap((double)shared / (a.Length + b.Length - shared), 2.0 * shared / (a.Length + b.Length));
    }
}
