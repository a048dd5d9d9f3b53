using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>All items x items weights, in native memory.</summary>
internal sealed class DenseItemWeights(LargeMatrix weights) : IItemWeights
{
    public int Items => (int)weights.Rows;

    // A panel of a row is 8 KiB: a block's scores stay in L2 while rows stream by.
    public int PreferredPanel => 2048;

    public float this[int from, int to] => weights.Row(from)[to];

    public void AddRow(int from, float scale, int first, Span<float> scores) =>
        VectorMath.Axpy(scale, weights.Row(from).Slice(first, scores.Length), scores);
}
