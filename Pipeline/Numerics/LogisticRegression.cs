using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// ML.NET's logistic regression (L-BFGS) over rows in memory. Rows come in one order and one thread works on them, since its result depends on both (seen with
/// Microsoft.ML 5.0.1).
/// </summary>
internal static class LogisticRegression
{
    public const string Features = "Features", Label = "Label";

    private const string Weight = "Weight";

    /// <param name="rows">Labels x features.</param>
    /// <param name="weights">Aligned with the labels, above 0: what each row counts for; null: all alike.</param>
    public static IDataView Rows(MLContext context, float[] rows, bool[] labels, float[]? weights = null)
    {
        int width = rows.Length / labels.Length;
        var type = new VectorDataViewType(NumberDataViewType.Single, width);
        if (weights is null)
        {
            var plain = SchemaDefinition.Create(typeof(Row));
            plain[nameof(Row.Features)].ColumnType = type;
            return context.Data.LoadFromEnumerable(Enumerable.Range(0, labels.Length).Select(k => new Row
            {
                Features = rows[(k * width)..((k + 1) * width)],
                Label = labels[k],
            }), plain);
        }
        var schema = SchemaDefinition.Create(typeof(WeightedRow));
        schema[nameof(WeightedRow.Features)].ColumnType = type;
        return context.Data.LoadFromEnumerable(Enumerable.Range(0, labels.Length).Select(k => new WeightedRow
        {
            Features = rows[(k * width)..((k + 1) * width)],
            Label = labels[k],
            Weight = weights[k],
        }), schema);
    }

    /// <summary>Rows are cached as the trainer sees them: it passes over them at every step, and would else have each made and transformed again.</summary>
    /// <param name="rows">Of <see cref="Rows"/>, transformed or not.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="l2">Weight of half the squared weights, a row.</param>
    public static BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>> Fit(
        MLContext context, IDataView rows, int count, double l2) =>
        context.BinaryClassification.Trainers.LbfgsLogisticRegression(new LbfgsLogisticRegressionBinaryTrainer.Options
        {
            FeatureColumnName = Features,
            LabelColumnName = Label,
            ExampleWeightColumnName = rows.Schema.GetColumnOrNull(Weight) is null ? null : Weight,
            NumberOfThreads = 1,
            L1Regularization = 0,
            L2Regularization = (float)(l2 * count),
        }).Fit(context.Data.Cache(rows));

    /// <summary>The same of rows in memory that count for more or less.</summary>
    /// <param name="rows">Labels x features.</param>
    /// <param name="weights">Aligned with the labels, above 0.</param>
    /// <param name="l2">Weight of half the squared weights, a row.</param>
    public static LinearBinaryModelParameters Fit(float[] rows, bool[] labels, float[] weights, double l2, int seed)
    {
        var context = new MLContext(seed);
        return Fit(context, Rows(context, rows, labels, weights), labels.Length, l2).Model.SubModel;
    }

    private sealed class WeightedRow
    {
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }

        public float Weight { get; set; }
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }
    }
}
