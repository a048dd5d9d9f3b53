using System.Numerics.Tensors;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// Cholesky factorization A = L L^T in double for matrices of order up to a few thousand, where the systems are few and accuracy counts (ridge regressions,
/// orthonormalization). One thread, n^3 / 3 operations.
/// </summary>
internal sealed class DoubleCholesky
{
    private readonly double[] _l;

    private DoubleCholesky(double[] l, int order)
    {
        _l = l;
        Order = order;
    }

    public int Order { get; }

    /// <summary>L, n x n row-major, zeros above the diagonal.</summary>
    public ReadOnlySpan<double> Lower => _l;

    /// <param name="a">n x n row-major; the lower triangle is read.</param>
    /// <returns>Null where <paramref name="a"/> is not positive definite to working precision.</returns>
    public static DoubleCholesky? Factor(ReadOnlySpan<double> a, int order)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(a.Length, order * order);
        var l = new double[a.Length];
        for (int i = 0; i < order; i++)
        {
            var row = l.AsSpan(i * order, order);
            for (int j = 0; j < i; j++)
                row[j] = (a[i * order + j] - TensorPrimitives.Dot<double>(row[..j], l.AsSpan(j * order, j))) / l[j * order + j];
            double pivot = a[i * order + i] - TensorPrimitives.Dot<double>(row[..i], row[..i]);
            if (!(pivot > 0) || !double.IsFinite(pivot)) return null;
            row[i] = Math.Sqrt(pivot);
        }
        return new DoubleCholesky(l, order);
    }

    /// <summary>Replaces b by the solution x of A x = b.</summary>
    public void Solve(Span<double> b)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(b.Length, Order);
        for (int i = 0; i < Order; i++) b[i] = (b[i] - TensorPrimitives.Dot<double>(_l.AsSpan(i * Order, i), b[..i])) / _l[i * Order + i];
        for (int i = Order - 1; i >= 0; i--)
        {
            double x = b[i] /= _l[i * Order + i];
            for (int k = 0; k < i; k++) b[k] -= x * _l[i * Order + k];
        }
    }
}
