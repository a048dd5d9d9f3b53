using System.Numerics.Tensors;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// A = Q T Q^T with T tridiagonal, by Householder reflections (Golub and Van Loan, 8.3.1). The rank-two update of one step and the product
/// with the next step's reflector share one pass over the matrix, which is what the time goes into.
/// </summary>
internal sealed class Tridiagonal
{
    private const int PieceRows = 64;

    private readonly double[] _reflectors;
    private readonly double[] _scales;

    private Tridiagonal(int order, double[] reflectors)
    {
        Order = order;
        _reflectors = reflectors;
        _scales = new double[order];
        Diagonal = new double[order];
        OffDiagonal = new double[order];
    }

    public int Order { get; }

    public double[] Diagonal { get; }

    /// <summary>Entry k couples rows k and k + 1; the last is 0.</summary>
    public double[] OffDiagonal { get; }

    /// <param name="a">order x order, row-major, both triangles; overwritten by the reflectors.</param>
    public static Tridiagonal Reduce(double[] a, int order, int threads, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(a.Length, order * order);
        var made = new Tridiagonal(order, a);
        double[] v = new double[order], w = new double[order], next = new double[order], product = new double[order];
        for (int k = 0; k < order; k++)
        {
            var row = a.AsSpan(k * order + k, order - k);
            Update(row, v, w, k, k);
            made.Diagonal[k] = row[0];
            if (k + 1 == order) break;
            double scale = made.Reflect(k, row[1..], next.AsSpan(k + 1));
            Sweep(a, order, k + 1, v, w, next, product, threads, cancellation);
            var p = product.AsSpan(k + 1);
            TensorPrimitives.Multiply(p, scale, p);
            double half = scale / 2 * TensorPrimitives.Dot<double>(p, next.AsSpan(k + 1));
            TensorPrimitives.MultiplyAdd(next.AsSpan(k + 1), -half, p, p);
            next.AsSpan(k + 1).CopyTo(row[1..]);
            (v, next) = (next, v);
            (w, product) = (product, w);
        }
        return made;
    }

    /// <summary>Replaces the first rows of <paramref name="vectors"/>, eigenvectors of T as rows, by those of A: z becomes Q z.</summary>
    public void Restore(double[] vectors, int count, int threads, CancellationToken cancellation)
    {
        const int together = 8;
        ParallelFor.Run((count + together - 1) / together, threads, piece =>
        {
            int end = Math.Min(count, (piece + 1) * together);
            for (int k = Order - 2; k >= 0; k--)
            {
                if (_scales[k] == 0) continue;
                var reflector = _reflectors.AsSpan(k * Order + k + 1, Order - k - 1);
                for (int z = piece * together; z < end; z++)
                {
                    var vector = vectors.AsSpan(z * Order + k + 1, Order - k - 1);
                    double along = -_scales[k] * TensorPrimitives.Dot<double>(reflector, vector);
                    TensorPrimitives.MultiplyAdd(reflector, along, vector, vector);
                }
            }
        }, cancellation);
    }

    /// <summary>The reflection I - scale v v^T that maps x to a multiple of the first unit vector.</summary>
    private double Reflect(int k, ReadOnlySpan<double> x, Span<double> v)
    {
        x.CopyTo(v);
        double tail = TensorPrimitives.Dot(x[1..], x[1..]);
        OffDiagonal[k] = x[0];
        if (tail == 0)
        {
            v.Clear();
            return 0;
        }
        double norm = Math.Sqrt(tail + x[0] * x[0]);
        double to = x[0] > 0 ? -norm : norm;
        v[0] = x[0] - to;
        OffDiagonal[k] = to;
        return _scales[k] = 2 / (tail + v[0] * v[0]);
    }

    private static void Sweep(
        double[] a, int order, int first, double[] v, double[] w, double[] next, double[] product, int most, CancellationToken cancellation)
    {
        int pieces = (order - first + PieceRows - 1) / PieceRows;
        // A pass over a small rest is shorter than waking a thread.
        int threads = pieces < 4 ? 1 : most;
        ParallelFor.Run(
            pieces,
            threads,
            piece =>
            {
                int end = Math.Min(order, first + (piece + 1) * PieceRows);
                for (int i = first + piece * PieceRows; i < end; i++)
                {
                    var row = a.AsSpan(i * order + first, order - first);
                    Update(row, v, w, i, first);
                    product[i] = TensorPrimitives.Dot<double>(row, next.AsSpan(first));
                }
            },
            cancellation);
    }

    private static void Update(Span<double> row, double[] v, double[] w, int i, int first)
    {
        if (v[i] == 0 && w[i] == 0) return;
        TensorPrimitives.MultiplyAdd(w.AsSpan(first), -v[i], row, row);
        TensorPrimitives.MultiplyAdd(v.AsSpan(first), -w[i], row, row);
    }
}
