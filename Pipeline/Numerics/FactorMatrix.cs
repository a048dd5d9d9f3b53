using System.Runtime.InteropServices;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// rows x rank float32, row-major, each row padded with zeros to a multiple of 16 floats (one 512-bit register), so kernels need no tail.
/// </summary>
internal sealed class FactorMatrix : IFactorRows
{
    public const int Lane = 16;

    public FactorMatrix(int rows, int rank)
        : this(rows, rank, new float[checked(rows * StrideOf(rank))])
    {
    }

    public FactorMatrix(int rows, int rank, float[] values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        Rows = rows;
        Rank = rank;
        Stride = StrideOf(rank);
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, rows * Stride);
        Values = values;
    }

    public int Rows { get; }

    public int Rank { get; }

    /// <summary>Floats from one row to the next: <see cref="Rank"/> rounded up to <see cref="Lane"/>.</summary>
    public int Stride { get; }

    public float[] Values { get; }

    public static int StrideOf(int rank) => (rank + Lane - 1) / Lane * Lane;

    /// <summary>The row without its padding.</summary>
    public Span<float> Row(int row) => Values.AsSpan(row * Stride, Rank);

    /// <summary>The row with its padding.</summary>
    public Span<float> PaddedRow(int row) => Values.AsSpan(row * Stride, Stride);

    public void Write(int row, Span<float> to) => PaddedRow(row).CopyTo(to);

    public bool IsFinite()
    {
        foreach (var v in MemoryMarshal.Cast<float, uint>(Values.AsSpan()))
            if ((v & 0x7F80_0000) == 0x7F80_0000) return false;
        return true;
    }
}

/// <summary>users x K and items x K; the score of a pair is the inner product of its rows.</summary>
internal sealed record FactorModel(FactorMatrix Users, FactorMatrix Items)
{
    public int Rank => Items.Rank;
}
