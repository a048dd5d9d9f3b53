using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Rank;

/// <summary>A <see cref="LogisticRegression"/> over standardized features: the probability that a candidate is bought, or clicked.</summary>
internal static class LogisticTraining
{
    public const string Name = "logistic";

    /// <param name="rows">Candidates x features, ranges applied; no NaN.</param>
    /// <param name="labels">Whether each candidate was bought, or clicked.</param>
    /// <param name="l2">Weight of half the squared weights, a row.</param>
    /// <param name="model">The whole pipeline as ML.NET saves it; it takes a vector column <c>Features</c>.</param>
    /// <param name="weights">What each candidate counts for, above 0; null: all alike.</param>
    public static LinearRanker Train(FeatureRange[] ranges, float[] rows, bool[] labels, double l2, int seed, Stream? model = null, float[]? weights = null)
    {
        var context = new MLContext(seed);
        var data = LogisticRegression.Rows(context, rows, labels, weights);
        var standardize = context.Transforms.NormalizeMeanVariance(LogisticRegression.Features, fixZero: false).Fit(data);
        var logistic = LogisticRegression.Fit(context, standardize.Transform(data), labels.Length, l2);
        if (model is not null) context.Model.Save(standardize.Append(logistic), data.Schema, model);
        var scale = (NormalizingTransformer.AffineNormalizerModelParameters<ImmutableArray<float>>)standardize.GetNormalizerModelParameters(0);
        return LinearRanker.Of(ranges, logistic.Model.SubModel, scale);
    }
}
