using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Embed.Classifier;

/// <summary>A maximum entropy model over the encoder's vectors, whose classes are categories.</summary>
internal sealed record CategoryClassifier(CategoryLabels Labels, MaximumEntropy Model)
{
    /// <summary>What goes into the model: coordinates of unit variance, were all alike, so that the regularization means one thing at every width.</summary>
    public static void Scale(ReadOnlySpan<float> vector, Span<float> row)
    {
        float scale = MathF.Sqrt(vector.Length);
        for (int k = 0; k < vector.Length; k++) row[k] = scale * vector[k];
    }

    /// <summary>The chance of each label.</summary>
    public double[] Chances(ReadOnlySpan<float> vector)
    {
        var row = new float[vector.Length];
        var chances = new double[Model.Classes];
        Scale(vector, row);
        Model.Probabilities(row, chances);
        return chances;
    }
}
