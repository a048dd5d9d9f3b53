using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>The factors of a chunk of users, by slot, and their norms, rounded up. One thread's.</summary>
internal sealed unsafe class ChunkRows(int slots, int rank)
{
    private readonly int _stride = FactorMatrix.StrideOf(rank);
    private readonly AlignedFloats _values = new((long)slots * FactorMatrix.StrideOf(rank));

    public int Slots => slots;

    public int Rank => rank;

    public float[] Norms { get; } = new float[slots];

    public float* Pointer(int slot) => _values.Pointer + (long)slot * _stride;

    /// <summary>With its padding.</summary>
    public Span<float> Row(int slot) => new(Pointer(slot), _stride);
}
