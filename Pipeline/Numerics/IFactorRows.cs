namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>Rows of factors: a table (<see cref="FactorMatrix"/>), or made when they are asked for, which costs time instead of memory.</summary>
internal interface IFactorRows
{
    int Rows { get; }

    int Rank { get; }

    /// <summary>
    /// Writes a row with its padding, <see cref="FactorMatrix.StrideOf"/> floats. Safe to call from many threads; equal calls give equal bits.
    /// </summary>
    void Write(int row, Span<float> to);
}
