namespace Recsys.Batch.Benchmarks.TimeToQuality;

/// <summary>What training had bought after some iterations.</summary>
/// <param name="Seconds">Of training from the matrix on, without what measured it.</param>
internal readonly record struct QualityPoint(int Iterations, double Seconds, double Recall, double Ndcg)
{
    /// <summary>The first point whose NDCG is at least <paramref name="ndcg"/>; null where none is.</summary>
    public static QualityPoint? FirstAt(IEnumerable<QualityPoint> curve, double ndcg)
    {
        foreach (var point in curve)
            if (point.Ndcg >= ndcg) return point;
        return null;
    }
}
