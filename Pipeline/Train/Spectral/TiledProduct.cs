using System.Runtime.Intrinsics.X86;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Spectral;

/// <summary>
/// <see cref="SparseProduct"/> for a dense matrix that no cache holds, whose rows many entries share: a panel of its columns is copied, and a tile of that
/// panel's rows stays in the cache while some rows of the result take from it what they need. An entry's column stands in one tile, and tiles are taken in
/// order, so sums have the order and the bits of the plain way. Memory: a panel, and 4 bytes a row and tile, at most a quarter of what the indices take.
/// </summary>
internal static unsafe class TiledProduct
{
    /// <summary>Rows of a panel in a tile, which with its 64 columns has a quarter of a megabyte: half of the second cache of most processors.</summary>
    private const int TileRows = 1024;

    /// <summary>Rows of the result that a thread takes at a time; their sums lie in the cache beside the tile.</summary>
    private const int PieceRows = 512;

    /// <summary>Rows that pass between asking for entries and taking them.</summary>
    private const int RowsAhead = 2;

    /// <summary>With fewer entries a row and tile, each tile is loaded for too little.</summary>
    private const int EntriesWorthTile = 4;

    public static bool Suits(SparseRows s, FactorMatrix x) =>
        x.Rows > 4 * TileRows && s.Indices.Length > (long)EntriesWorthTile * s.Rows * Tiles(x);

    public static void Multiply(SimdLevel level, SparseRows s, FactorMatrix x, FactorMatrix y, StageContext context)
    {
        // As many as the kernel sums at once.
        int tiles = Tiles(x), columnsAtOnce = Math.Min(x.Stride, level == SimdLevel.Vector512 ? 128 : 64);
        int[] starts = Starts(s, tiles, context);
        float[] packed = new float[checked(x.Rows * columnsAtOnce)];
        fixed (float* px = x.Values, py = y.Values, panel = packed, values = s.Values)
        fixed (int* indices = s.Indices)
        {
            // Lambdas take no pointers.
            nint dense = (nint)panel, result = (nint)py, weights = (nint)values, columns = (nint)indices;
            for (int column = 0; column < x.Stride; column += columnsAtOnce)
            {
                int width = Math.Min(columnsAtOnce, x.Stride - column), first = column;
                for (int row = 0; row < x.Rows; row++)
                    new ReadOnlySpan<float>(px + (nint)row * x.Stride + column, width).CopyTo(new Span<float>(panel + (nint)row * width, width));
                context.ForEachPiece((s.Rows + PieceRows - 1) / PieceRows, piece =>
                {
                    int from = piece * PieceRows, end = Math.Min(s.Rows, from + PieceRows);
                    for (int row = from; row < end; row++) new Span<float>((float*)result + (nint)row * y.Stride + first, width).Clear();
                    for (int tile = 0; tile < tiles; tile++)
                        for (int row = from; row < end; row++)
                        {
                            // Entries of one tile lie far apart, a few a row, where the processor does not expect them.
                            int ahead = starts[(long)Math.Min(row + RowsAhead, end - 1) * (tiles + 1) + tile];
                            Prefetch((int*)columns + ahead);
                            Prefetch((int*)weights + ahead);
                            int at = starts[(long)row * (tiles + 1) + tile], count = starts[(long)row * (tiles + 1) + tile + 1] - at;
                            if (count == 0) continue;
                            float* to = (float*)result + (nint)row * y.Stride + first;
                            SparseProduct.Add(level, (int*)columns + at, (float*)weights + at, count, (float*)dense, to, width, width);
                        }
                });
            }
        }
    }

    /// <summary>Two cache lines, which is what most rows have in a tile.</summary>
    private static void Prefetch(int* entries)
    {
        if (!Sse.IsSupported) return;
        Sse.Prefetch0(entries);
        Sse.Prefetch0(entries + 16);
    }

    private static int Tiles(FactorMatrix x) => (x.Rows + TileRows - 1) / TileRows;

    /// <summary>By row and tile where the row's entries of that tile begin; one more a row than there are tiles.</summary>
    private static int[] Starts(SparseRows s, int tiles, StageContext context)
    {
        var starts = new int[checked(s.Rows * (tiles + 1))];
        context.ForEachPiece((s.Rows + PieceRows - 1) / PieceRows, piece =>
        {
            int end = Math.Min(s.Rows, (piece + 1) * PieceRows);
            for (int row = piece * PieceRows; row < end; row++)
            {
                int at = s.Pointers[row];
                for (int tile = 0; tile <= tiles; tile++)
                {
                    while (at < s.Pointers[row + 1] && s.Indices[at] < tile * TileRows) at++;
                    starts[row * (tiles + 1) + tile] = at;
                }
            }
        });
        return starts;
    }
}
