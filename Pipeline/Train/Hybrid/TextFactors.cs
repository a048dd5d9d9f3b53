using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Train.Spectral;

namespace Recsys.Batch.Pipeline.Train.Hybrid;

/// <summary>
/// The text's score as inner products: <c>(a_j A_h + b_j B_h) . f_j</c> for a history item h and an item j. Where a and b have few values, which they have
/// unless <see cref="TextOptions.ColdShrinkage"/> gives every number of events its own, items of equal values are a class, and products are of d numbers.
/// Otherwise they are of 2 d: A and B side by side, and features times a beside features times b.
/// </summary>
internal static class TextFactors
{
    private const int MostClasses = 2;

    /// <param name="inward">A and B, items x 2 d.</param>
    /// <param name="features">F, items x d.</param>
    /// <param name="company">a, by item.</param>
    /// <param name="likeness">b, by item.</param>
    public static SpectralModel Of(FactorMatrix inward, FactorMatrix features, double[] company, double[] likeness, HistoryWeighting weighting)
    {
        var values = company.Zip(likeness).Distinct().Take(MostClasses + 1).ToArray();
        if (values.Length is 0 or > MostClasses) return new SpectralModel(inward, Wide(features, company, likeness), weighting);
        byte[]? classes = values.Length == 1 ? null : [.. company.Zip(likeness).Select(v => (byte)Array.IndexOf(values, v))];
        return new SpectralModel([.. values.Select(v => Sum(inward, features.Rank, (float)v.First, (float)v.Second))], features, classes, weighting);
    }

    private static FactorMatrix Sum(FactorMatrix inward, int rank, float company, float likeness)
    {
        var sum = new FactorMatrix(inward.Rows, rank);
        for (int item = 0; item < sum.Rows; item++)
        {
            var from = inward.Row(item);
            var to = sum.Row(item);
            for (int k = 0; k < rank; k++) to[k] = company * from[k] + likeness * from[rank + k];
        }
        return sum;
    }

    private static FactorMatrix Wide(FactorMatrix features, double[] company, double[] likeness)
    {
        int d = features.Rank;
        var outward = new FactorMatrix(features.Rows, 2 * d);
        for (int item = 0; item < features.Rows; item++)
        {
            var from = features.Row(item);
            var to = outward.Row(item);
            for (int k = 0; k < d; k++) (to[k], to[d + k]) = ((float)company[item] * from[k], (float)likeness[item] * from[k]);
        }
        return outward;
    }
}
