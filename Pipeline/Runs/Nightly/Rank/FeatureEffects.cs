using Recsys.Batch.Pipeline.Rank;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Rank;

/// <summary>What features do to scores, over the candidates that a ranker is measured on.</summary>
internal static class FeatureEffects
{
    /// <summary>How a feature's share of the score goes with its value: of a weighted sum the weight times the standard deviation.</summary>
    public static List<FeatureEffect> Of(IRanker ranker, RankExample[] examples)
    {
        float[] rows = [.. examples.SelectMany(e => e.Rows)];
        FeatureRange.Apply(ranker.Ranges, rows);
        int width = ranker.Ranges.Length, count = rows.Length / width;
        double[] means = new double[width], squares = new double[width], products = new double[width], shares = new double[width];
        for (int at = 0; at < rows.Length; at++) means[at % width] += rows[at] / (double)count;
        for (int k = 0; k < count; k++)
        {
            var row = rows.AsSpan(k * width, width);
            ranker.Shares(row, shares);
            for (int f = 0; f < width; f++)
            {
                double distance = row[f] - means[f];
                squares[f] += distance * distance;
                products[f] += distance * shares[f];
            }
        }
        return [.. ranker.Ranges.Select((range, f) => new FeatureEffect(range.Name, squares[f] > 0 ? products[f] / Math.Sqrt(squares[f] * count) : 0))
            .OrderByDescending(e => Math.Abs(e.Effect)).ThenBy(e => e.Name, StringComparer.Ordinal)];
    }
}
