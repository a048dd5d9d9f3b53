using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// Factors turned so that their first H columns carry most of every score, and cut behind them. With an orthonormal basis Q of those columns and X the norm of
/// what a row has outside of it, the score of u and v is <c>Q'u . Q'v</c> give or take <c>X_u X_v</c> (Cauchy-Schwarz). So rows of H + 1 columns, X the last,
/// have products that no score is above, and that no score is below by more than twice <c>X_u X_v</c>. All rounding is in X, by its worst case.
/// Memory: items x (H + 1) floats.
/// </summary>
internal sealed unsafe class LeadingColumns
{
    /// <summary>Greatest norm of <c>Q'Q - I</c> that the bound allows for.</summary>
    public const double MostSkew = 2e-6;

    private readonly FactorMatrix _basis;
    private readonly double _headError;
    private readonly double _productError;

    private LeadingColumns(FactorMatrix basis, FactorMatrix items, int threads)
    {
        _basis = basis;
        (int rank, int head) = (basis.Rows, basis.Rank);
        // A head's entry is a sum of K products in float32, in any order (Higham 2002, 3.1); the basis is orthonormal but for its skew.
        _headError = (rank + 16) * 1.2e-7 * Math.Sqrt(head) + 2 * MostSkew;
        // That on either side, and the float32 chains of the score and of this product.
        _productError = 2.1 * _headError + (rank + 2 * head + 48) * 1.3e-7;
        Items = new FactorMatrix(items.Rows, head + 1);
        fixed (float* q = basis.Values, from = items.Values, to = Items.Values)
        {
            Gemm.Multiply(
                MatrixView.Of(items, from), MatrixView.Of(basis, q), new MatrixView(to, items.Rows, head, Items.Stride), threads);
        }
        ParallelFor.Run(items.Rows, threads, item => Finish(items.Row(item), Items.Row(item)));
    }

    /// <summary>items x (H + 1).</summary>
    public FactorMatrix Items { get; }

    /// <summary>H + 1.</summary>
    public int Rank => Items.Rank;

    /// <param name="basis">K x H, orthonormal columns.</param>
    public static LeadingColumns Of(FactorMatrix basis, FactorMatrix items, int threads = 1) => new(basis, items, threads);

    /// <summary>Of the factors' own leading columns; null where cutting would not pay, which depends on shapes and values alone.</summary>
    public static LeadingColumns? Of(IFactorRows users, FactorMatrix items, RetrievalRequest request) =>
        LeadingBasis.Of(users, items, request) is { } basis ? new LeadingColumns(basis, items, request.Threads) : null;

    /// <summary>Writes the rows of the first <paramref name="count"/> slots, and their norms.</summary>
    public void Write(ChunkRows from, int count, ChunkRows to)
    {
        if (count == 0) return;
        int head = _basis.Rank, stride = to.Row(0).Length;
        fixed (float* q = _basis.Values)
        {
            Gemm.Multiply(
                new MatrixView(from.Pointer(0), count, from.Rank, from.Row(0).Length), MatrixView.Of(_basis, q),
                new MatrixView(to.Pointer(0), count, head, stride));
        }
        for (int u = 0; u < count; u++)
        {
            Finish(from.Row(u)[..from.Rank], to.Row(u)[..Rank]);
            double norm = NormOrder.Norm(to.Row(u));
            to.Norms[u] = norm == 0 ? 0 : MathF.BitIncrement((float)norm);
        }
    }

    /// <summary>Writes X behind the head of a row.</summary>
    private void Finish(ReadOnlySpan<float> row, Span<float> reduced)
    {
        double norm = NormOrder.Norm(row), head = Math.Max(0, NormOrder.Norm(reduced[..^1]) - _headError * norm);
        double tail = Math.Sqrt(Math.Max(0, norm * norm - head * head) + _productError * norm * norm);
        // Products of rows still shorter than this one fall below float32, which no share of them bounds.
        reduced[^1] = norm == 0 ? 0 : MathF.Max(1e-30f, MathF.BitIncrement((float)(tail * (1 + 1e-6))));
    }
}
