using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Train.Als;

/// <summary>Interaction values as confidences of pairs.</summary>
internal static class ConfidenceWeights
{
    /// <exception cref="RunFailedException">A value is not positive and finite, or its confidence is not.</exception>
    public static SparseRows Of(SparseRows interactions, AlsOptions options)
    {
        var weights = new float[interactions.Count];
        for (int row = 0; row < interactions.Rows; row++)
        {
            for (int k = interactions.Pointers[row]; k < interactions.Pointers[row + 1]; k++)
            {
                float value = interactions.Values[k];
                float weight = options.ConfidenceOf(value);
                if (!(value > 0) || !(weight > 0) || !float.IsFinite(value) || !float.IsFinite(weight))
                    throw new RunFailedException(string.Create(
                        CultureInfo.InvariantCulture,
                        $"ALS: the pair of user {row} and item {interactions.Indices[k]} has value {value} and confidence {weight}; "
                        + $"expected positive finite numbers: check the event weights of ingest and Confidence"));
                weights[k] = weight;
            }
        }
        return new SparseRows(interactions.Rows, interactions.Columns, interactions.Pointers, interactions.Indices, weights);
    }
}
