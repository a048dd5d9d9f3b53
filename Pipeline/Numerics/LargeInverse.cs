using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// The inverse of a large symmetric positive definite float32 matrix, in its own memory: Cholesky factor, inverse of the factor, product of
/// the inverse with its transpose (LAPACK's potrf and potri), each as products of blocks. n^3 multiply-adds (order 41,000: 69 TFLOP), beside the matrix one
/// strip of n x <see cref="BlockOrder"/>.
/// </summary>
internal static unsafe class LargeInverse
{
    /// <summary>Order of a diagonal block, and width of the strips between two barriers.</summary>
    internal const int BlockOrder = 512;

    /// <summary>Replaces a symmetric positive definite matrix (its lower triangle is read) by its inverse, both triangles.</summary>
    /// <param name="progress">Receives the share done, 0 to 1.</param>
    /// <exception cref="RunFailedException">The matrix is not positive definite to float32 precision.</exception>
    public static void Invert(LargeMatrix matrix, int threads = 1, Action<double>? progress = null, CancellationToken cancellation = default) =>
        Invert(matrix, BlockOrder, threads, progress, cancellation);

    internal static void Invert(LargeMatrix matrix, int block, int threads, Action<double>? progress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(matrix.Columns, matrix.Rows);
        using var strip = new LargeMatrix(matrix.Rows, block);
        var work = new Work(matrix.View, strip, block, threads, progress, cancellation);
        work.Factor();
        work.InvertFactor();
        work.MultiplyByTranspose();
        work.Mirror();
    }

    private sealed class Work(MatrixView a, LargeMatrix strip, int block, int threads, Action<double>? progress, CancellationToken cancellation)
    {
        private readonly long _n = a.Rows;
        private readonly int _blocks = checked((int)((a.Rows + block - 1) / block));
        private int _strips;

        /// <summary>A = L L^T, left-looking: a strip of columns is brought up to date, then divided by its diagonal block.</summary>
        public void Factor()
        {
            for (int j = 0; j < _blocks; j++)
            {
                long first = Start(j);
                long width = Width(j);
                var before = a.Part(first, 0, width, first);
                ForRowBlocks(j, i => Gemm.OneThread(-1, Block(i, 0, first), before.Transposed, Block(i, first, width)));
                var diagonal = a.Part(first, first, width, width);
                FactorDiagonal(diagonal, first);
                using var inverse = new LargeMatrix(width, width);
                InvertTriangle(diagonal, inverse.View);
                ForRowBlocks(j + 1, i =>
                {
                    var part = Block(i, first, width);
                    var product = strip.View.Part(Start(i), 0, Width(i), width);
                    Gemm.Clear(product);
                    Gemm.OneThread(1, part, inverse.View.Transposed, product);
                    Copy(product, part);
                });
                Report();
            }
        }

        /// <summary>L becomes L^-1, from the last strip of columns to the first: strip = -L22^-1 (L21 L11^-1).</summary>
        public void InvertFactor()
        {
            for (int j = _blocks - 1; j >= 0; j--)
            {
                long first = Start(j);
                long width = Width(j);
                using var inverse = new LargeMatrix(width, width);
                InvertTriangle(a.Part(first, first, width, width), inverse.View);
                Copy(inverse.View, a.Part(first, first, width, width));
                long below = first + width;
                ForRowBlocks(j + 1, i =>
                {
                    var product = strip.View.Part(Start(i), 0, Width(i), width);
                    Gemm.Clear(product);
                    Gemm.OneThread(1, Block(i, first, width), inverse.View, product);
                });
                ForRowBlocks(j + 1, i =>
                {
                    var part = Block(i, first, width);
                    long depth = Start(i) + Width(i) - below;
                    Gemm.Clear(part);
                    Gemm.OneThread(-1, Block(i, below, depth), strip.View.Part(below, 0, depth, width), part);
                });
                Report();
            }
        }

        /// <summary>L^-1 becomes the lower triangle of L^-T L^-1, from the first strip of rows to the last.</summary>
        public void MultiplyByTranspose()
        {
            for (int i = 0; i < _blocks; i++)
            {
                long first = Start(i);
                long width = Width(i);
                var own = a.Part(first, first, _n - first, width);
                ParallelFor.Run(i + 1, threads, j =>
                {
                    // The strip holds the new rows transposed: the old ones are still read by other pieces.
                    var product = strip.View.Part(Start(j), 0, Width(j), width);
                    Gemm.Clear(product);
                    Gemm.OneThread(1, a.Part(first, Start(j), _n - first, Width(j)).Transposed, own, product);
                }, cancellation);
                ParallelFor.Run(i + 1, threads, j =>
                    Copy(strip.View.Part(Start(j), 0, Width(j), width).Transposed, a.Part(first, Start(j), width, Width(j))), cancellation);
                Report();
            }
        }

        public void Mirror() => ParallelFor.Run(_blocks, threads, piece =>
        {
            int i = _blocks - 1 - piece;
            for (int j = 0; j <= i; j++)
            {
                var from = a.Part(Start(i), Start(j), Width(i), Width(j));
                var to = a.Part(Start(j), Start(i), Width(j), Width(i));
                for (long r = 0; r < to.Rows; r++)
                    for (long c = i == j ? r + 1 : 0; c < to.Columns; c++)
                        to[r, c] = from[c, r];
            }
        }, cancellation);

        private long Start(int b) => (long)b * block;

        private long Width(int b) => Math.Min(block, _n - Start(b));

        private MatrixView Block(int row, long column, long columns) => a.Part(Start(row), column, Width(row), columns);

        // Later rows are longer: first.
        private void ForRowBlocks(int from, Action<int> body) =>
            ParallelFor.Run(_blocks - from, threads, piece => body(_blocks - 1 - piece), cancellation);

        private void Report() => progress?.Invoke(++_strips / (3.0 * _blocks));
    }

    /// <summary>Replaces a block by its lower Cholesky factor, zeros above the diagonal.</summary>
    private static void FactorDiagonal(MatrixView block, long firstRow)
    {
        int n = (int)block.Rows;
        int padded = (n + 15) / 16 * 16;
        float* u = PackBuffers.OfThread.Get(3, (long)padded * padded);
        new Span<float>(u, padded * padded).Clear();
        for (int r = 0; r < padded; r++)
        {
            if (r >= n) u[r * padded + r] = 1;
            else for (int c = r; c < n; c++) u[r * padded + c] = block[c, r];
        }
        int failed = SmallCholesky.Factor(u, padded);
        if (failed >= 0)
            throw new RunFailedException($"the matrix is not positive definite at row {firstRow + failed} of float32 precision; raise the regularization");
        for (int r = 0; r < n; r++)
            for (int c = 0; c < n; c++)
                block[r, c] = c <= r ? u[c * padded + r] : 0;
    }

    /// <summary>Writes the inverse of a lower triangle, in double: the diagonal blocks decide how exact the whole is.</summary>
    private static void InvertTriangle(MatrixView lower, MatrixView inverse)
    {
        int n = (int)lower.Rows;
        var x = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            // Row i of X from L X = I: X[i, :] = (e_i - sum_k L[i, k] X[k, :]) / L[i, i].
            var row = x.AsSpan(i * n, n);
            row[i] = 1;
            for (int k = 0; k < i; k++)
                TensorPrimitives.MultiplyAdd<double>(x.AsSpan(k * n, k + 1), -lower[i, k], row[..(k + 1)], row[..(k + 1)]);
            TensorPrimitives.Multiply<double>(row[..(i + 1)], 1 / (double)lower[i, i], row[..(i + 1)]);
        }
        for (int i = 0; i < n; i++)
            for (int c = 0; c < n; c++)
                inverse[i, c] = (float)x[i * n + c];
    }

    private static void Copy(MatrixView from, MatrixView to)
    {
        for (long r = 0; r < to.Rows; r++)
            for (long c = 0; c < to.Columns; c++)
                to[r, c] = from[r, c];
    }
}
