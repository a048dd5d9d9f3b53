using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>An item x item matrix W of a linear model: the score of item j is the sum over history items i of x_i W[i, j].</summary>
public interface IItemWeights
{
    int Items { get; }

    /// <summary>Items a panel should hold.</summary>
    int PreferredPanel { get; }

    float this[int from, int to] { get; }

    /// <summary>Adds <c>scale * W[from, first + k]</c> to <c>scores[k]</c> over the whole span.</summary>
    void AddRow(int from, float scale, int first, Span<float> scores);
}

/// <summary>All items x items weights, in native memory.</summary>
public sealed class DenseItemWeights(LargeMatrix weights) : IItemWeights
{
    public int Items => (int)weights.Rows;

    // A panel of a row is 8 KiB: a block's scores stay in L2 while rows stream by.
    public int PreferredPanel => 2048;

    public float this[int from, int to] => weights.Row(from)[to];

    public void AddRow(int from, float scale, int first, Span<float> scores) =>
        VectorMath.Axpy(scale, weights.Row(from).Slice(first, scores.Length), scores);
}

/// <summary>The weights that are not zero.</summary>
public sealed class SparseItemWeights(SparseRows weights) : IItemWeights
{
    public int Items => weights.Rows;

    public int PreferredPanel => Math.Max(1, weights.Rows);

    public float this[int from, int to]
    {
        get
        {
            int at = weights.RowIndices(from).BinarySearch(to);
            return at < 0 ? 0 : weights.RowValues(from)[at];
        }
    }

    public void AddRow(int from, float scale, int first, Span<float> scores)
    {
        var indices = weights.RowIndices(from);
        var values = weights.RowValues(from);
        if (first == 0 && scores.Length == Items)
        {
            for (int whole = 0; whole < indices.Length; whole++) scores[indices[whole]] += scale * values[whole];
            return;
        }
        int k = first == 0 ? 0 : indices.BinarySearch(first);
        for (k = k < 0 ? ~k : k; k < indices.Length && indices[k] < first + scores.Length; k++)
            scores[indices[k] - first] += scale * values[k];
    }
}
