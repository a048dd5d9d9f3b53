using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;

namespace Recsys.Batch.Pipeline.Rank;

/// <summary>
/// ML.NET's logistic regression (L-BFGS) over standardized features: the probability that a candidate is bought. Rows come in one order and one thread works on
/// them, since its result depends on both (seen with Microsoft.ML 5.0.1). Rows are cached as the trainer sees them: it passes over them at every step, and
/// would else have each made, copied and standardized again.
/// </summary>
internal static class LogisticTraining
{
    public const string Name = "logistic";

    private const string Features = "Features", Label = "Label";

    /// <param name="rows">Candidates x features, ranges applied; no NaN.</param>
    /// <param name="labels">Whether each candidate was bought.</param>
    /// <param name="l2">Weight of half the squared weights, a row.</param>
    /// <param name="model">The whole pipeline as ML.NET saves it; it takes a vector column <c>Features</c>.</param>
    public static LinearRanker Train(FeatureRange[] ranges, float[] rows, bool[] labels, double l2, int seed, Stream? model = null)
    {
        int width = ranges.Length;
        var context = new MLContext(seed);
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, width);
        var data = context.Data.LoadFromEnumerable(Enumerable.Range(0, labels.Length).Select(k => new Row
        {
            Features = rows[(k * width)..((k + 1) * width)],
            Label = labels[k],
        }), schema);
        var standardize = context.Transforms.NormalizeMeanVariance(Features, fixZero: false).Fit(data);
        var logistic = context.BinaryClassification.Trainers.LbfgsLogisticRegression(new LbfgsLogisticRegressionBinaryTrainer.Options
        {
            FeatureColumnName = Features,
            LabelColumnName = Label,
            NumberOfThreads = 1,
            L1Regularization = 0,
            L2Regularization = (float)(l2 * labels.Length),
        }).Fit(context.Data.Cache(standardize.Transform(data)));
        if (model is not null) context.Model.Save(standardize.Append(logistic), data.Schema, model);
        var scale = (NormalizingTransformer.AffineNormalizerModelParameters<ImmutableArray<float>>)standardize.GetNormalizerModelParameters(0);
        return LinearRanker.Of(ranges, logistic.Model.SubModel, scale);
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }
    }
}
