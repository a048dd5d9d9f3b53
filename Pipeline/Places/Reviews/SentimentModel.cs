using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Recsys.Batch.Pipeline.Places.Reviews;

/// <summary>The log-odds that a review is positive: a weighted sum over the encoder's vector of its text.</summary>
internal sealed record SentimentModel(float[] Weights, double Bias)
{
    private const string Features = "Features", Label = "Label";

    public double Probability(ReadOnlySpan<float> vector)
    {
        double sum = Bias;
        for (int k = 0; k < Weights.Length; k++) sum += (double)Weights[k] * vector[k];
        return 1 / (1 + Math.Exp(-sum));
    }

    /// <summary>
    /// ML.NET's logistic regression (L-BFGS). Rows come in one order and one thread works on them, since its result depends on both (seen with Microsoft.ML
    /// 5.0.1).
    /// </summary>
    /// <param name="row">The unit vector of each review.</param>
    /// <param name="l2">Weight of half the squared weights, a row, over vectors whose numbers are about 1.</param>
    public static SentimentModel Train(IReadOnlyList<bool> positive, Func<int, float[]> row, int width, double l2)
    {
        // Numbers of a unit vector are small: without the scale all regularization would be too strong.
        float scale = MathF.Sqrt(width);
        var context = new MLContext(seed: 1);
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, width);
        var data = context.Data.LoadFromEnumerable(Enumerable.Range(0, positive.Count).Select(k => new Row
        {
            Features = Array.ConvertAll(row(k), x => x * scale),
            Label = positive[k],
        }), schema);
        var fitted = context.BinaryClassification.Trainers.LbfgsLogisticRegression(new LbfgsLogisticRegressionBinaryTrainer.Options
        {
            FeatureColumnName = Features,
            LabelColumnName = Label,
            NumberOfThreads = 1,
            L1Regularization = 0,
            L2Regularization = (float)(l2 * positive.Count),
        }).Fit(data);
        var model = fitted.Model.SubModel;
        return new SentimentModel([.. model.Weights.Select(w => w * scale)], model.Bias);
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }
    }
}
