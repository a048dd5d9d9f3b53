using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// ML.NET's multinomial logistic regression (maximum entropy, L-BFGS) over rows in memory, and what it learned as plain numbers. Rows come in one order and one
/// thread works on them, since its result depends on both (as of <see cref="LogisticRegression"/>).
/// </summary>
/// <param name="Width">Features of a row.</param>
/// <param name="Weights">Classes x features.</param>
/// <param name="Biases">One a class.</param>
internal sealed record MaximumEntropy(int Width, float[] Weights, float[] Biases)
{
    private const string Features = "Features", Label = "Label";

    public int Classes => Biases.Length;

    /// <param name="rows">Labels x features.</param>
    /// <param name="labels">The class of each row, from 0; every class has a row.</param>
    /// <param name="l2">Weight of half the squared weights, a row.</param>
    /// <param name="iterations">Steps at most.</param>
    public static MaximumEntropy Train(float[] rows, int[] labels, int classes, double l2, int iterations, int seed)
    {
        int width = rows.Length / labels.Length;
        var context = new MLContext(seed);
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, width);
        schema[nameof(Row.Label)].ColumnType = new KeyDataViewType(typeof(uint), classes);
        var data = context.Data.LoadFromEnumerable(Enumerable.Range(0, labels.Length).Select(k => new Row
        {
            Features = rows[(k * width)..((k + 1) * width)],
            Label = (uint)labels[k],
        }), schema);
        var trained = context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
        {
            FeatureColumnName = Features,
            LabelColumnName = Label,
            NumberOfThreads = 1,
            L1Regularization = 0,
            L2Regularization = (float)(l2 * labels.Length),
            MaximumNumberOfIterations = iterations,
        }).Fit(context.Data.Cache(data));
        VBuffer<float>[]? weights = null;
        trained.Model.GetWeights(ref weights, out int found);
        var all = new float[found * width];
        for (int c = 0; c < found; c++) weights[c].CopyTo(all.AsSpan(c * width, width));
        return new MaximumEntropy(width, all, [.. trained.Model.GetBiases()]);
    }

    /// <summary>The chance of each class; they add up to 1.</summary>
    public void Probabilities(ReadOnlySpan<float> row, Span<double> chances)
    {
        double most = double.NegativeInfinity;
        for (int c = 0; c < Classes; c++)
        {
            double sum = Biases[c];
            for (int k = 0; k < Width; k++) sum += (double)Weights[c * Width + k] * row[k];
            chances[c] = sum;
            most = Math.Max(most, sum);
        }
        double total = 0;
        for (int c = 0; c < Classes; c++) total += chances[c] = Math.Exp(chances[c] - most);
        for (int c = 0; c < Classes; c++) chances[c] /= total;
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public uint Label { get; set; }
    }
}
