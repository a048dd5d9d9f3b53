using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Data;

/// <summary>A share with Wilson's 95% interval (1927), which holds near 0 and 1 and for few cases too.</summary>
internal static class ShareInterval
{
    /// <param name="hits">0 to <paramref name="cases"/>.</param>
    /// <param name="cases">Above 0.</param>
    public static Interval Of(double hits, double cases)
    {
        double share = hits / cases, square = NormalDistribution.Z95 * NormalDistribution.Z95;
        double middle = (share + square / (2 * cases)) / (1 + square / cases);
        double spread = NormalDistribution.Z95 * Math.Sqrt(share * (1 - share) / cases + square / (4 * cases * cases)) / (1 + square / cases);
        return new Interval(share, Math.Max(0, middle - spread), Math.Min(1, middle + spread));
    }
}
