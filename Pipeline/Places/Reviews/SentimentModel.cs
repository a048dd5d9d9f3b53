using Microsoft.ML;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Places.Reviews;

/// <summary>The log-odds that a review is positive: a weighted sum over the encoder's vector of its text.</summary>
internal sealed record SentimentModel(float[] Weights, double Bias)
{
    public double Probability(ReadOnlySpan<float> vector)
    {
        double sum = Bias;
        for (int k = 0; k < Weights.Length; k++) sum += (double)Weights[k] * vector[k];
        return 1 / (1 + Math.Exp(-sum));
    }

    /// <summary>A <see cref="LogisticRegression"/>.</summary>
    /// <param name="rows">The unit vectors of reviews, one after the other.</param>
    /// <param name="l2">Weight of half the squared weights, a row, over vectors whose numbers are about 1.</param>
    public static SentimentModel Train(float[] rows, bool[] positive, double l2)
    {
        // Numbers of a unit vector are small: without the scale all regularization would be too strong.
        float scale = MathF.Sqrt(rows.Length / positive.Length);
        var context = new MLContext(seed: 1);
        var data = LogisticRegression.Rows(context, Array.ConvertAll(rows, x => x * scale), positive);
        var model = LogisticRegression.Fit(context, data, positive.Length, l2).Model.SubModel;
        return new SentimentModel([.. model.Weights.Select(w => w * scale)], model.Bias);
    }
}
