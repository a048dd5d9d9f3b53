using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Als;

/// <summary>The systems of one piece.</summary>
/// <param name="level">The width of every kernel that solves them.</param>
internal unsafe readonly ref struct AlsSystems(
    SimdLevel level, AlsHalfStep step, ReadOnlySpan<int> rows, float* others, float* target, int* indices, float* weights, int stride, AlsGram gram)
{
    private readonly ReadOnlySpan<int> _rows = rows;

    public SimdLevel Level => level;

    public int Count => _rows.Length;

    /// <summary>Floats of a padded factor row.</summary>
    public int Width => stride;

    public AlsGram Gram => gram;

    public int RowOf(int u) => _rows[u];

    public float* Target(int u) => target + (nint)_rows[u] * stride;

    public float RegularizationOf(int u) => step.RegularizationOf(_rows[u]);

    public GatheredRows Pairs(int u)
    {
        int start = step.Weights.Pointers[_rows[u]];
        return new(level, others, stride, indices + start, weights + start, step.Weights.RowLength(_rows[u]));
    }
}
