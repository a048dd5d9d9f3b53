using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>The weights that are not zero.</summary>
internal sealed class SparseItemWeights(SparseRows weights) : IItemWeights
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
