using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// The rank-m update <c>C += sign * S^T S</c> of a small symmetric matrix's upper triangle, C n x n and S m x n, both row-major with rows padded to the lane:
/// the inner work of every exact ALS solve, and of the Cholesky factor itself. Unpacked, because C and S of one user fit the caches.
/// </summary>
internal static unsafe class SmallGramian
{
    /// <summary>Rows of C that one pass holds in registers.</summary>
    public const int Strip = 4;

    /// <param name="n">Order of C; a multiple of 16 (padded with zeros).</param>
    /// <param name="firstRow">
    /// Only rows [firstRow, lastRow) of C, both multiples of <see cref="Strip"/>, are updated, from each row's diagonal strip on.
    /// </param>
    public static void Update(SimdLevel level, float sign, float* s, int m, int n, float* c, int firstRow, int lastRow)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Update<Lane512, Vector512<float>>(sign, s, m, n, c, firstRow, lastRow);
                break;
            case SimdLevel.Vector256:
                Update<Lane256, Vector256<float>>(sign, s, m, n, c, firstRow, lastRow);
                break;
            case SimdLevel.Vector128:
                Update<Lane128, Vector128<float>>(sign, s, m, n, c, firstRow, lastRow);
                break;
            default:
                Update<LaneScalar, float>(sign, s, m, n, c, firstRow, lastRow);
                break;
        }
    }

    public static void Update<TLane, TVector>(float sign, float* s, int m, int n, float* c, int firstRow, int lastRow)
        where TLane : struct, ILane<TVector>
        where TVector : unmanaged
    {
        int w = TLane.Width;
        for (int row = firstRow; row < lastRow; row += Strip)
        {
            int column = row / w * w;
            float* target = c + (nint)row * n;
            if (w == 16)
                for (; column + 4 * w <= n; column += 4 * w) Tile4<TLane, TVector>(sign, s + row, s + column, m, n, target + column);
            for (; column + 2 * w <= n; column += 2 * w) Tile2<TLane, TVector>(sign, s + row, s + column, m, n, target + column);
            for (; column < n; column += w) Tile1<TLane, TVector>(sign, s + row, s + column, m, n, target + column);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4<TLane, TVector>(float sign, float* rows, float* columns, int m, nint stride, float* c)
        where TLane : struct, ILane<TVector>
        where TVector : unmanaged
    {
        TVector c00 = TLane.Zero, c01 = TLane.Zero, c02 = TLane.Zero, c03 = TLane.Zero;
        TVector c10 = TLane.Zero, c11 = TLane.Zero, c12 = TLane.Zero, c13 = TLane.Zero;
        TVector c20 = TLane.Zero, c21 = TLane.Zero, c22 = TLane.Zero, c23 = TLane.Zero;
        TVector c30 = TLane.Zero, c31 = TLane.Zero, c32 = TLane.Zero, c33 = TLane.Zero;
        for (int k = 0; k < m; k++, rows += stride, columns += stride)
        {
            var b0 = TLane.Load(columns);
            var b1 = TLane.Load(columns + TLane.Width);
            var b2 = TLane.Load(columns + 2 * TLane.Width);
            var b3 = TLane.Load(columns + 3 * TLane.Width);
            var a0 = TLane.Broadcast(rows[0]);
            c00 = TLane.MultiplyAdd(a0, b0, c00);
            c01 = TLane.MultiplyAdd(a0, b1, c01);
            c02 = TLane.MultiplyAdd(a0, b2, c02);
            c03 = TLane.MultiplyAdd(a0, b3, c03);
            var a1 = TLane.Broadcast(rows[1]);
            c10 = TLane.MultiplyAdd(a1, b0, c10);
            c11 = TLane.MultiplyAdd(a1, b1, c11);
            c12 = TLane.MultiplyAdd(a1, b2, c12);
            c13 = TLane.MultiplyAdd(a1, b3, c13);
            var a2 = TLane.Broadcast(rows[2]);
            c20 = TLane.MultiplyAdd(a2, b0, c20);
            c21 = TLane.MultiplyAdd(a2, b1, c21);
            c22 = TLane.MultiplyAdd(a2, b2, c22);
            c23 = TLane.MultiplyAdd(a2, b3, c23);
            var a3 = TLane.Broadcast(rows[3]);
            c30 = TLane.MultiplyAdd(a3, b0, c30);
            c31 = TLane.MultiplyAdd(a3, b1, c31);
            c32 = TLane.MultiplyAdd(a3, b2, c32);
            c33 = TLane.MultiplyAdd(a3, b3, c33);
        }
        var scale = TLane.Broadcast(sign);
        Add<TLane, TVector>(scale, c00, c);
        Add<TLane, TVector>(scale, c01, c + TLane.Width);
        Add<TLane, TVector>(scale, c02, c + 2 * TLane.Width);
        Add<TLane, TVector>(scale, c03, c + 3 * TLane.Width);
        Add<TLane, TVector>(scale, c10, c + stride);
        Add<TLane, TVector>(scale, c11, c + stride + TLane.Width);
        Add<TLane, TVector>(scale, c12, c + stride + 2 * TLane.Width);
        Add<TLane, TVector>(scale, c13, c + stride + 3 * TLane.Width);
        Add<TLane, TVector>(scale, c20, c + 2 * stride);
        Add<TLane, TVector>(scale, c21, c + 2 * stride + TLane.Width);
        Add<TLane, TVector>(scale, c22, c + 2 * stride + 2 * TLane.Width);
        Add<TLane, TVector>(scale, c23, c + 2 * stride + 3 * TLane.Width);
        Add<TLane, TVector>(scale, c30, c + 3 * stride);
        Add<TLane, TVector>(scale, c31, c + 3 * stride + TLane.Width);
        Add<TLane, TVector>(scale, c32, c + 3 * stride + 2 * TLane.Width);
        Add<TLane, TVector>(scale, c33, c + 3 * stride + 3 * TLane.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile2<TLane, TVector>(float sign, float* rows, float* columns, int m, nint stride, float* c)
        where TLane : struct, ILane<TVector>
        where TVector : unmanaged
    {
        TVector c00 = TLane.Zero, c01 = TLane.Zero;
        TVector c10 = TLane.Zero, c11 = TLane.Zero;
        TVector c20 = TLane.Zero, c21 = TLane.Zero;
        TVector c30 = TLane.Zero, c31 = TLane.Zero;
        for (int k = 0; k < m; k++, rows += stride, columns += stride)
        {
            var b0 = TLane.Load(columns);
            var b1 = TLane.Load(columns + TLane.Width);
            var a0 = TLane.Broadcast(rows[0]);
            c00 = TLane.MultiplyAdd(a0, b0, c00);
            c01 = TLane.MultiplyAdd(a0, b1, c01);
            var a1 = TLane.Broadcast(rows[1]);
            c10 = TLane.MultiplyAdd(a1, b0, c10);
            c11 = TLane.MultiplyAdd(a1, b1, c11);
            var a2 = TLane.Broadcast(rows[2]);
            c20 = TLane.MultiplyAdd(a2, b0, c20);
            c21 = TLane.MultiplyAdd(a2, b1, c21);
            var a3 = TLane.Broadcast(rows[3]);
            c30 = TLane.MultiplyAdd(a3, b0, c30);
            c31 = TLane.MultiplyAdd(a3, b1, c31);
        }
        var scale = TLane.Broadcast(sign);
        Add<TLane, TVector>(scale, c00, c);
        Add<TLane, TVector>(scale, c01, c + TLane.Width);
        Add<TLane, TVector>(scale, c10, c + stride);
        Add<TLane, TVector>(scale, c11, c + stride + TLane.Width);
        Add<TLane, TVector>(scale, c20, c + 2 * stride);
        Add<TLane, TVector>(scale, c21, c + 2 * stride + TLane.Width);
        Add<TLane, TVector>(scale, c30, c + 3 * stride);
        Add<TLane, TVector>(scale, c31, c + 3 * stride + TLane.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1<TLane, TVector>(float sign, float* rows, float* columns, int m, nint stride, float* c)
        where TLane : struct, ILane<TVector>
        where TVector : unmanaged
    {
        TVector c00 = TLane.Zero;
        TVector c10 = TLane.Zero;
        TVector c20 = TLane.Zero;
        TVector c30 = TLane.Zero;
        for (int k = 0; k < m; k++, rows += stride, columns += stride)
        {
            var b0 = TLane.Load(columns);
            var a0 = TLane.Broadcast(rows[0]);
            c00 = TLane.MultiplyAdd(a0, b0, c00);
            var a1 = TLane.Broadcast(rows[1]);
            c10 = TLane.MultiplyAdd(a1, b0, c10);
            var a2 = TLane.Broadcast(rows[2]);
            c20 = TLane.MultiplyAdd(a2, b0, c20);
            var a3 = TLane.Broadcast(rows[3]);
            c30 = TLane.MultiplyAdd(a3, b0, c30);
        }
        var scale = TLane.Broadcast(sign);
        Add<TLane, TVector>(scale, c00, c);
        Add<TLane, TVector>(scale, c10, c + stride);
        Add<TLane, TVector>(scale, c20, c + 2 * stride);
        Add<TLane, TVector>(scale, c30, c + 3 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TLane, TVector>(TVector scale, TVector value, float* c)
        where TLane : struct, ILane<TVector>
        where TVector : unmanaged =>
        TLane.Store(TLane.MultiplyAdd(scale, value, TLane.Load(c)), c);
}
