using System.Numerics;
using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// All eigenvalues and the leading eigenvectors of a dense symmetric matrix in double: Householder to tridiagonal form, then implicit QL (Golub and Van Loan,
/// 8.3). Rotations are gathered and applied to strips of the vectors, each strip by one thread: about 4 n^3 operations, orders up to a few thousand.
/// </summary>
internal static class SymmetricEigen
{
    private const int StripColumns = 64;
    private const int SweepsTogether = 16;
    private const int MaxSweeps = 60;

    /// <param name="a">order x order, row-major, both triangles; destroyed.</param>
    /// <param name="leading">Eigenvectors wanted, those of the largest eigenvalues.</param>
    /// <returns>Eigenvalues, descending, and the leading eigenvectors as rows of a leading x order matrix; the largest entry of each is positive.</returns>
    public static (double[] Values, double[] Vectors) Leading(double[] a, int order, int leading, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(leading, order);
        var reduced = Tridiagonal.Reduce(a, order, threads, cancellation);
        var values = (double[])reduced.Diagonal.Clone();
        var vectors = new double[order * order];
        for (int i = 0; i < order; i++) vectors[i * order + i] = 1;
        new Rotations(order, vectors, threads, cancellation).Diagonalize(values, (double[])reduced.OffDiagonal.Clone());

        int[] ranked = [.. Enumerable.Range(0, order).OrderByDescending(i => values[i])];
        var sorted = new double[leading * order];
        for (int r = 0; r < leading; r++) vectors.AsSpan(ranked[r] * order, order).CopyTo(sorted.AsSpan(r * order));
        reduced.Restore(sorted, leading, threads, cancellation);
        for (int r = 0; r < leading; r++) FixSign(sorted.AsSpan(r * order, order));
        return ([.. ranked.Select(i => values[i])], sorted);
    }

    // A vector and its negative are both right; one of them is chosen, so that equal matrices give equal bits.
    private static void FixSign(Span<double> vector)
    {
        int largest = 0;
        for (int i = 1; i < vector.Length; i++)
            if (Math.Abs(vector[i]) > Math.Abs(vector[largest])) largest = i;
        if (vector[largest] >= 0) return;
        for (int i = 0; i < vector.Length; i++) vector[i] = -vector[i];
    }

    private sealed class Rotations(int order, double[] vectors, int threads, CancellationToken cancellation)
    {
        private readonly List<(int Row, double Cosine, double Sine)> _pending = [];

        public void Diagonalize(double[] d, double[] e)
        {
            double scale = 0;
            for (int l = 0; l < order; l++)
            {
                scale = Math.Max(scale, Math.Abs(d[l]) + Math.Abs(e[l]));
                for (int sweep = 0; ; sweep++)
                {
                    int m = l;
                    while (m + 1 < order && Math.Abs(e[m]) > double.Epsilon && Math.Abs(e[m]) > 1e-16 * scale) m++;
                    if (m == l) break;
                    if (sweep == MaxSweeps)
                    {
                        throw new RunFailedException(
                            $"the eigenvalues of a matrix of order {order} did not settle in {MaxSweeps} sweeps at row {l}; "
                            + $"expected a finite symmetric matrix");
                    }
                    Sweep(d, e, l, m);
                    if (_pending.Count > SweepsTogether * order) Apply();
                }
            }
            Apply();
        }

        /// <summary>One implicit QL sweep over rows l..m with Wilkinson's shift.</summary>
        private void Sweep(double[] d, double[] e, int l, int m)
        {
            double g = (d[l + 1] - d[l]) / (2 * e[l]);
            double r = Hypotenuse(g, 1);
            g = d[m] - d[l] + e[l] / (g + Math.CopySign(r, g));
            double s = 1, c = 1, p = 0;
            int i = m - 1;
            for (; i >= l; i--)
            {
                double f = s * e[i];
                double b = c * e[i];
                r = Hypotenuse(f, g);
                e[i + 1] = r;
                if (r == 0)
                {
                    d[i + 1] -= p;
                    e[m] = 0;
                    break;
                }
                s = f / r;
                c = g / r;
                g = d[i + 1] - p;
                r = (d[i] - g) * s + 2 * c * b;
                p = s * r;
                d[i + 1] = g + p;
                g = c * r - b;
                _pending.Add((i, c, s));
            }
            if (r == 0 && i >= l) return;
            d[l] -= p;
            e[l] = g;
            e[m] = 0;
        }

        private void Apply()
        {
            ParallelFor.Run((order + StripColumns - 1) / StripColumns, threads, () => new double[order * StripColumns], (piece, strip) =>
            {
                int first = piece * StripColumns;
                int width = Math.Min(StripColumns, order - first);
                for (int r = 0; r < order; r++) vectors.AsSpan(r * order + first, width).CopyTo(strip.AsSpan(r * StripColumns));
                foreach (var (row, cosine, sine) in CollectionsMarshal.AsSpan(_pending))
                    Rotate(strip.AsSpan(row * StripColumns, StripColumns), strip.AsSpan((row + 1) * StripColumns, StripColumns), cosine, sine);
                for (int r = 0; r < order; r++) strip.AsSpan(r * StripColumns, width).CopyTo(vectors.AsSpan(r * order + first));
            }, cancellation);
            _pending.Clear();
        }

        private static void Rotate(Span<double> lower, Span<double> upper, double cosine, double sine)
        {
            var c = new Vector<double>(cosine);
            var s = new Vector<double>(sine);
            var x = MemoryMarshal.Cast<double, Vector<double>>(lower);
            var y = MemoryMarshal.Cast<double, Vector<double>>(upper);
            for (int k = 0; k < x.Length; k++)
            {
                var f = y[k];
                y[k] = s * x[k] + c * f;
                x[k] = c * x[k] - s * f;
            }
        }

        private static double Hypotenuse(double a, double b)
        {
            double x = Math.Abs(a), y = Math.Abs(b);
            if (x < y) (x, y) = (y, x);
            return x == 0 ? 0 : x * Math.Sqrt(1 + y / x * (y / x));
        }
    }
}
