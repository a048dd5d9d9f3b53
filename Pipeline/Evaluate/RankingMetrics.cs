namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>
/// How well one user's ranked list meets the items that followed, all with binary relevance, cut at K. T is the user's number of
/// relevant items, at least one.
/// </summary>
/// <param name="Recall">hits / T, as LightGCN reports it (He et al. 2020).</param>
/// <param name="RecallCapped">hits / min(K, T), as Rendle et al. 2021 report it: a list of K can reach 1.</param>
/// <param name="Precision">hits / K, also where the list is shorter than K.</param>
/// <param name="Ndcg">Sum over hits of 1 / log2(rank + 1), divided by that of min(K, T) hits in front: the ideal list is cut at K.</param>
/// <param name="AveragePrecision">Sum over hits of precision at their rank, divided by min(K, T); its mean is MAP@K.</param>
/// <param name="Hit">1 where there is a hit.</param>
/// <param name="ReciprocalRank">1 / rank of the first hit, 0 without one; its mean is MRR@K.</param>
internal readonly record struct RankingMetrics(
    float Recall,
    float RecallCapped,
    float Precision,
    float Ndcg,
    float AveragePrecision,
    float Hit,
    float ReciprocalRank)
{
    internal static readonly string[] Names = ["recall", "recall_capped", "precision", "ndcg", "map", "hit", "mrr"];

    /// <param name="ranked">Items, best first, without repeats.</param>
    /// <param name="relevant">Ascending item indices.</param>
    /// <param name="k">1 up.</param>
    public static RankingMetrics At(ReadOnlySpan<int> ranked, ReadOnlySpan<int> relevant, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        if (relevant.IsEmpty) throw new ArgumentException("a user without relevant items has no ranking metrics", nameof(relevant));
        int hits = 0;
        int first = 0;
        double gain = 0;
        double precisions = 0;
        for (int r = 0; r < Math.Min(k, ranked.Length); r++)
        {
            if (relevant.BinarySearch(ranked[r]) < 0) continue;
            hits++;
            if (first == 0) first = r + 1;
            gain += Discount(r);
            precisions += (double)hits / (r + 1);
        }
        int reachable = Math.Min(k, relevant.Length);
        double ideal = 0;
        for (int r = 0; r < reachable; r++) ideal += Discount(r);
        return new RankingMetrics(
            (float)((double)hits / relevant.Length),
            (float)((double)hits / reachable),
            (float)((double)hits / k),
            (float)(gain / ideal),
            (float)(precisions / reachable),
            hits > 0 ? 1 : 0,
            first > 0 ? 1f / first : 0);
    }

    internal void CopyTo(Span<float> values)
    {
        values[0] = Recall;
        values[1] = RecallCapped;
        values[2] = Precision;
        values[3] = Ndcg;
        values[4] = AveragePrecision;
        values[5] = Hit;
        values[6] = ReciprocalRank;
    }

    private static double Discount(int position) => 1 / Math.Log2(position + 2);
}
