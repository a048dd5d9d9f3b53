namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// float32 matrix products C += alpha * A * B. Transposes are free: pass <see cref="MatrixView.Transposed"/>. Each element of C is summed in one
/// fixed order (ascending inner index, in blocks of <see cref="DepthBlock"/>), so results depend on the instruction width alone.
/// </summary>
internal static unsafe class Gemm
{
    /// <summary>Inner steps between two additions to C: A's block of 504 rows stays in a 1 MiB L2, B's panel of 32 columns in L1.</summary>
    internal const int DepthBlock = 256;

    internal const int RowBlock = 504;

    private const int TileRows = 2 * RowBlock;
    private const int TileColumns = 1024;

    /// <summary>C += alpha * A * B; A is m x k, B k x n, C m x n. C must not overlap A or B.</summary>
    public static void MultiplyAdd(float alpha, MatrixView a, MatrixView b, MatrixView c, int threads = 1, CancellationToken cancellation = default) =>
        MultiplyAdd(Simd.Widest, alpha, a, b, c, threads, cancellation);

    internal static void MultiplyAdd(
        SimdLevel level, float alpha, MatrixView a, MatrixView b, MatrixView c, int threads = 1, CancellationToken cancellation = default)
    {
        if (a.Columns != b.Rows || c.Rows != a.Rows || c.Columns != b.Columns)
            throw new ArgumentException($"cannot add {a.Rows} x {a.Columns} times {b.Rows} x {b.Columns} to {c.Rows} x {c.Columns}");
        if (c.ColumnStride != 1)
        {
            // (AB)^T = B^T A^T: the tile writes rows.
            MultiplyAdd(level, alpha, b.Transposed, a.Transposed, c.Transposed, threads, cancellation);
            return;
        }
        if (threads == 1 && (c.Rows <= TileRows || c.Columns <= TileColumns))
        {
            OneThread(level, alpha, a, b, c);
            return;
        }
        // Tiles are smaller where there would be too few of them; a tile's size does not change the order of any sum.
        long tileRows = c.Rows * c.Columns > (long)TileRows * TileColumns * 8 ? TileRows : 252;
        long across = (c.Columns + TileColumns - 1) / TileColumns;
        long down = (c.Rows + tileRows - 1) / tileRows;
        ParallelFor.Run(checked((int)(across * down)), threads, tile =>
        {
            long row = tile / across * tileRows;
            long column = tile % across * TileColumns;
            long rows = Math.Min(tileRows, c.Rows - row);
            long columns = Math.Min(TileColumns, c.Columns - column);
            OneThread(level, alpha, a.Part(row, 0, rows, a.Columns), b.Part(0, column, b.Rows, columns), c.Part(row, column, rows, columns));
        }, cancellation);
    }

    /// <summary>C = A * B.</summary>
    public static void Multiply(MatrixView a, MatrixView b, MatrixView c, int threads = 1, CancellationToken cancellation = default) =>
        Multiply(Simd.Widest, a, b, c, threads, cancellation);

    internal static void Multiply(SimdLevel level, MatrixView a, MatrixView b, MatrixView c, int threads = 1, CancellationToken cancellation = default)
    {
        Clear(c);
        MultiplyAdd(level, 1, a, b, c, threads, cancellation);
    }

    /// <summary>C = A * B for factor matrices; padding stays zero.</summary>
    public static void Multiply(FactorMatrix a, FactorMatrix b, FactorMatrix c, int threads = 1, CancellationToken cancellation = default)
    {
        fixed (float* pa = a.Values, pb = b.Values, pc = c.Values)
            Multiply(MatrixView.Of(a, pa), MatrixView.Of(b, pb), MatrixView.Of(c, pc), threads, cancellation);
    }

    /// <summary>C = A * B^T for factor matrices; padding stays zero.</summary>
    public static void MultiplyTransposed(FactorMatrix a, FactorMatrix b, FactorMatrix c, int threads = 1, CancellationToken cancellation = default)
    {
        fixed (float* pa = a.Values, pb = b.Values, pc = c.Values)
            Multiply(MatrixView.Of(a, pa), MatrixView.Of(b, pb).Transposed, MatrixView.Of(c, pc), threads, cancellation);
    }

    /// <summary>C = A^T * B for factor matrices with the same, large, number of rows; sums in double between blocks of rows (<see cref="Gramian"/>).</summary>
    public static void TransposedMultiply(FactorMatrix a, FactorMatrix b, FactorMatrix c, int threads = 1, CancellationToken cancellation = default)
    {
        fixed (float* pa = a.Values, pb = b.Values)
        {
            var sums = new double[checked(a.Rank * b.Rank)];
            Gramian.Cross(MatrixView.Of(a, pa), MatrixView.Of(b, pb), sums, threads, cancellation);
            for (int i = 0; i < a.Rank; i++)
                for (int j = 0; j < b.Rank; j++)
                    c.Row(i)[j] = (float)sums[i * b.Rank + j];
        }
    }

    internal static void Clear(MatrixView c)
    {
        if (c.ColumnStride != 1) c = c.Transposed;
        for (long row = 0; row < c.Rows; row++) new Span<float>(c.Data + row * c.RowStride, checked((int)c.Columns)).Clear();
    }

    internal static void OneThread(float alpha, MatrixView a, MatrixView b, MatrixView c) => OneThread(Simd.Widest, alpha, a, b, c);

    private static void OneThread(SimdLevel level, float alpha, MatrixView a, MatrixView b, MatrixView c)
    {
        var tile = new GemmTile(level);
        var buffers = PackBuffers.OfThread;
        long depthBlock = Math.Min(DepthBlock, a.Columns);
        float* packedA = buffers.Get(0, (Math.Min(RowBlock, a.Rows) + tile.Rows) * depthBlock);
        float* packedB = buffers.Get(1, (b.Columns + tile.Columns) * depthBlock);
        for (long k = 0; k < a.Columns; k += DepthBlock)
        {
            nint depth = (nint)Math.Min(DepthBlock, a.Columns - k);
            var bPart = b.Part(k, 0, depth, b.Columns);
            GemmPacking.Pack(bPart.Data, (nint)b.ColumnStride, (nint)b.RowStride, (nint)b.Columns, depth, tile.Columns, packedB);
            for (long row = 0; row < a.Rows; row += RowBlock)
            {
                nint rows = (nint)Math.Min(RowBlock, a.Rows - row);
                var aPart = a.Part(row, k, rows, depth);
                GemmPacking.Pack(aPart.Data, (nint)a.RowStride, (nint)a.ColumnStride, rows, depth, tile.Rows, packedA);
                Block(tile, alpha, packedA, packedB, depth, c.Part(row, 0, rows, c.Columns));
            }
        }
    }

    /// <summary>C += alpha * (packed A)(packed B), both of <paramref name="depth"/> steps and packed for <paramref name="tile"/>.</summary>
    internal static void Block(GemmTile tile, float alpha, float* packedA, float* packedB, nint depth, MatrixView c)
    {
        int tileRows = tile.Rows;
        int tileColumns = tile.Columns;
        float* edge = stackalloc float[GemmTile.MaxFloats];
        for (nint j = 0; j < c.Columns; j += tileColumns)
        {
            float* b = packedB + j * depth;
            for (nint i = 0; i < c.Rows; i += tileRows)
            {
                float* a = packedA + i * depth;
                if (i + tileRows <= c.Rows && j + tileColumns <= c.Columns)
                {
                    tile.Run(depth, a, b, alpha, c.Data + i * c.RowStride + j, (nint)c.RowStride);
                    continue;
                }
                new Span<float>(edge, tileRows * tileColumns).Clear();
                tile.Run(depth, a, b, alpha, edge, tileColumns);
                AddEdge(
                    edge, tileColumns, c.Data + i * c.RowStride + j, c.RowStride, (int)Math.Min(tileRows, c.Rows - i),
                    (int)Math.Min(tileColumns, c.Columns - j));
            }
        }
    }

    private static void AddEdge(float* edge, int edgeStride, float* c, long stride, int rows, int columns)
    {
        for (int r = 0; r < rows; r++)
            for (int k = 0; k < columns; k++)
                c[r * stride + k] += edge[r * edgeStride + k];
    }
}
