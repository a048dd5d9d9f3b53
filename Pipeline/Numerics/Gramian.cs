using System.Runtime.Intrinsics;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// A^T A and A^T B of tall matrices (many rows, few columns). Products of <see cref="Gemm.DepthBlock"/> rows are summed in float32 registers, blocks in
/// double, chunks of rows in a fixed order: the error does not grow with the number of rows and the bits do not depend on the threads.
/// </summary>
internal static unsafe class Gramian
{
    private const int BandColumns = 256;

    /// <summary>G = A^T A as rank x rank doubles, row-major, both triangles.</summary>
    public static double[] Of(FactorMatrix a, int threads = 1, CancellationToken cancellation = default) => Of(Simd.Widest, a, threads, cancellation);

    internal static double[] Of(SimdLevel level, FactorMatrix a, int threads = 1, CancellationToken cancellation = default)
    {
        var gram = new double[checked(a.Rank * a.Rank)];
        fixed (float* pa = a.Values) Of(level, MatrixView.Of(a, pa), gram, threads, cancellation);
        return gram;
    }

    /// <summary>G = A^T A; only tiles on and above the diagonal are computed, the rest is mirrored.</summary>
    public static void Of(MatrixView a, double[] gram, int threads = 1, CancellationToken cancellation = default) =>
        Of(Simd.Widest, a, gram, threads, cancellation);

    internal static void Of(SimdLevel level, MatrixView a, double[] gram, int threads = 1, CancellationToken cancellation = default)
    {
        Sum(level, a, a, symmetric: true, gram, threads, cancellation);
        int n = checked((int)a.Columns);
        for (int i = 1; i < n; i++)
            for (int j = 0; j < i; j++)
                gram[i * n + j] = gram[j * n + i];
    }

    /// <summary>A^T B as columns(A) x columns(B) doubles, row-major.</summary>
    public static void Cross(MatrixView a, MatrixView b, double[] product, int threads = 1, CancellationToken cancellation = default) =>
        Cross(Simd.Widest, a, b, product, threads, cancellation);

    internal static void Cross(SimdLevel level, MatrixView a, MatrixView b, double[] product, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(b.Rows, a.Rows);
        Sum(level, a, b, symmetric: false, product, threads, cancellation);
    }

    private static void Sum(SimdLevel level, MatrixView a, MatrixView b, bool symmetric, double[] into, int threads, CancellationToken cancellation)
    {
        var tile = new GemmTile(level);
        int m = checked((int)a.Columns);
        int n = checked((int)b.Columns);
        ArgumentOutOfRangeException.ThrowIfNotEqual(into.Length, checked(m * n));
        Array.Clear(into);
        // The number of chunks depends on shapes alone. Wide results have bands of columns to share among threads instead.
        long byMemory = Math.Max(1, (4L << 20) / ((long)m * n));
        int chunks = (int)Math.Clamp(Math.Min(byMemory, a.Rows / 1024), 1, 32);
        long chunkRows = ((a.Rows + chunks - 1) / chunks + Gemm.DepthBlock - 1) / Gemm.DepthBlock * Gemm.DepthBlock;
        int bands = (n + BandColumns - 1) / BandColumns;
        var partials = new double[chunks][];
        for (int c = 0; c < chunks; c++) partials[c] = c == 0 ? into : new double[into.Length];
        ParallelFor.Run(chunks * bands, threads, piece =>
        {
            // The last bands of a triangle are the longest: first.
            int band = bands - 1 - piece % bands;
            int chunk = piece / bands;
            long first = Math.Min(a.Rows, chunk * chunkRows);
            long rows = Math.Min(chunkRows, a.Rows - first);
            int column = band * BandColumns;
            int columns = Math.Min(BandColumns, n - column);
            int height = symmetric ? Math.Min(m, column + columns) : m;
            Band(tile, a.Part(first, 0, rows, height), b.Part(first, column, rows, columns), symmetric ? column : -1, partials[chunk], n, column);
        }, cancellation);
        for (int c = 1; c < chunks; c++)
            for (int k = 0; k < into.Length; k++)
                into[k] += partials[c][k];
    }

    /// <param name="diagonal">Column of the whole result at which the band starts where only the upper triangle counts; else -1.</param>
    private static void Band(GemmTile tile, MatrixView a, MatrixView b, int diagonal, double[] into, int stride, int column)
    {
        int tileRows = tile.Rows;
        int columns = (int)b.Columns;
        var buffers = PackBuffers.OfThread;
        float* packedA = buffers.Get(0, (a.Columns + tileRows) * Gemm.DepthBlock);
        float* packedB = buffers.Get(1, (columns + tile.Columns) * Gemm.DepthBlock);
        float* product = buffers.Get(2, (long)tileRows * columns);
        var strip = new MatrixView(product, tileRows, columns, columns);
        for (long k = 0; k < a.Rows; k += Gemm.DepthBlock)
        {
            nint depth = (nint)Math.Min(Gemm.DepthBlock, a.Rows - k);
            GemmPacking.Pack(b.Data + k * b.RowStride, (nint)b.ColumnStride, (nint)b.RowStride, columns, depth, tile.Columns, packedB);
            GemmPacking.Pack(a.Data + k * a.RowStride, (nint)a.ColumnStride, (nint)a.RowStride, (nint)a.Columns, depth, tileRows, packedA);
            for (int i = 0; i < a.Columns; i += tileRows)
            {
                int rows = (int)Math.Min(tileRows, a.Columns - i);
                // Whole B panels left of the diagonal are skipped.
                int skip = diagonal < 0 ? 0 : Math.Max(0, i - diagonal) / tile.Columns * tile.Columns;
                Gemm.Clear(strip);
                Gemm.Block(tile, 1, packedA + (nint)i * depth, packedB + skip * depth, depth, strip.Part(0, skip, rows, columns - skip));
                for (int r = 0; r < rows; r++)
                {
                    fixed (double* row = &into[(i + r) * stride + column]) AddTo(row + skip, product + r * columns + skip, columns - skip);
                }
            }
        }
    }

    private static void AddTo(double* sums, float* products, int length)
    {
        int j = 0;
        for (; j + 16 <= length; j += 16)
        {
            var (low, high) = Vector512.Widen(Vector512.Load(products + j));
            (Vector512.Load(sums + j) + low).Store(sums + j);
            (Vector512.Load(sums + j + 8) + high).Store(sums + j + 8);
        }
        for (; j < length; j++) sums[j] += products[j];
    }
}
