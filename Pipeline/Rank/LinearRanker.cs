using System.Collections.Immutable;
using Microsoft.ML.Transforms;
using Microsoft.ML.Trainers;

namespace Recsys.Batch.Pipeline.Rank;

/// <summary>
/// A weighted sum of features: the log-odds that a candidate is bought. Weights are those of ML.NET's pipeline with its standardization multiplied in, so that
/// what each feature adds to a score can be read off, and the additions give the score.
/// </summary>
/// <param name="Ranges">What is done to each feature first.</param>
/// <param name="Weights">Per unit of a feature.</param>
internal sealed record LinearRanker(FeatureRange[] Ranges, float[] Weights, float Bias) : IRanker
{
    public int Width => Weights.Length;

    internal static LinearRanker Of(
        FeatureRange[] ranges, LinearBinaryModelParameters model, NormalizingTransformer.AffineNormalizerModelParameters<ImmutableArray<float>> scale)
    {
        var weights = new float[ranges.Length];
        double bias = model.Bias;
        for (int f = 0; f < weights.Length; f++)
        {
            double unit = (double)model.Weights[f] * scale.Scale[f];
            weights[f] = (float)unit;
            // Without an offset the array is empty.
            if (!scale.Offset.IsDefaultOrEmpty) bias -= unit * scale.Offset[f];
        }
        return new LinearRanker(ranges, weights, (float)bias);
    }

    public void Score(ReadOnlySpan<float> rows, Span<float> scores)
    {
        for (int k = 0; k < scores.Length; k++)
        {
            double sum = Bias;
            for (int f = 0; f < Width; f++) sum += (double)Weights[f] * rows[k * Width + f];
            scores[k] = (float)sum;
        }
    }

    public double Shares(ReadOnlySpan<float> row, Span<double> shares)
    {
        double usual = Bias;
        for (int f = 0; f < Width; f++)
        {
            usual += (double)Weights[f] * Ranges[f].Mean;
            shares[f] = (double)Weights[f] * (row[f] - (double)Ranges[f].Mean);
        }
        return usual;
    }
}
