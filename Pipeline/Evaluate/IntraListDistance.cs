using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>Mean of 1 - cosine over all pairs of a list (Ziegler et al. 2005).</summary>
internal static class IntraListDistance
{
    /// <summary>
    /// Over unit vectors the sum of all pair cosines is (|sum|^2 - sum of squares) / 2, so a list costs O(N d). NaN for fewer than two items.
    /// </summary>
    public static double Of(ReadOnlySpan<int> list, EmbeddingTable embeddings)
    {
        if (list.Length < 2) return double.NaN;
        Span<double> sum = embeddings.Dimension <= 1024 ? stackalloc double[embeddings.Dimension] : new double[embeddings.Dimension];
        sum.Clear();
        double squares = 0;
        foreach (int item in list)
        {
            var row = embeddings.Vectors.Row(item);
            for (int k = 0; k < row.Length; k++) sum[k] += row[k];
            squares += TensorPrimitives.SumOfSquares<float>(row);
        }
        double cosines = (TensorPrimitives.SumOfSquares<double>(sum) - squares) / 2;
        return 1 - cosines / (list.Length * (list.Length - 1) / 2.0);
    }
}
