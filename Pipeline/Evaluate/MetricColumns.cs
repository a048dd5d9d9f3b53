namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>
/// Where a user's figures stand in a row: what lists are like, a group for each K; then hits, a group for each slice and K; then AUC.
/// </summary>
internal sealed class MetricColumns(IReadOnlyList<string> slices, int[] cutoffs, bool auc)
{
    public int Count { get; } = cutoffs.Length * (ListMeasures.Names.Length + slices.Count * RankingMetrics.Names.Length) + (auc ? 1 : 0);

    public static int Measures(int cutoff) => cutoff * ListMeasures.Names.Length;

    public int Hits(int slice, int cutoff) =>
        cutoffs.Length * ListMeasures.Names.Length + (slice * cutoffs.Length + cutoff) * RankingMetrics.Names.Length;

    /// <summary>The place of AUC, against the first slice; -1 where it is left out.</summary>
    public int Auc => auc ? Count - 1 : -1;

    /// <summary>Slice and metric of every column. What a list is like is said once, under the first slice.</summary>
    public IEnumerable<(string Slice, string Metric, int Column)> Named()
    {
        for (int k = 0; k < cutoffs.Length; k++)
            for (int m = 0; m < ListMeasures.Names.Length; m++)
                yield return (slices[0], $"{ListMeasures.Names[m]}@{cutoffs[k]}", Measures(k) + m);
        foreach (var hit in NamedHits()) yield return hit;
        if (auc) yield return (slices[0], "auc", Auc);
    }

    public IEnumerable<(string Slice, string Metric, int Column)> NamedHits()
    {
        for (int s = 0; s < slices.Count; s++)
            for (int k = 0; k < cutoffs.Length; k++)
                for (int m = 0; m < RankingMetrics.Names.Length; m++)
                    yield return (slices[s], $"{RankingMetrics.Names[m]}@{cutoffs[k]}", Hits(s, k) + m);
    }
}
