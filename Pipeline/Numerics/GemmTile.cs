using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// The innermost tile of a matrix product, held in registers: 14 x 2 vectors where there are 32 registers of 512 bits, 6 x 2 where there are 16.
/// Panels are packed: A as <see cref="Rows"/> values a step, B as two vectors a step (Goto and van de Geijn 2008). Whoever packs for a tile passes
/// the same tile on to whoever runs it.
/// </summary>
internal readonly unsafe struct GemmTile(SimdLevel level)
{
    /// <summary>Floats of the largest tile, for buffers on the stack.</summary>
    public const int MaxFloats = 14 * 32;

    /// <summary>Rows of A in a panel.</summary>
    public int Rows { get; } = level == SimdLevel.Vector512 ? 14 : 6;

    /// <summary>Columns of B in a panel.</summary>
    public int Columns { get; } = level switch
    {
        SimdLevel.Vector512 => 32,
        SimdLevel.Vector256 => 16,
        SimdLevel.Vector128 => 8,
        _ => 2,
    };

    public void Run(nint depth, float* a, float* b, float alpha, float* c, nint stride)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Tile14<Lane512, Vector512<float>>(depth, a, b, alpha, c, stride);
                break;
            case SimdLevel.Vector256:
                Tile6<Lane256, Vector256<float>>(depth, a, b, alpha, c, stride);
                break;
            case SimdLevel.Vector128:
                Tile6<Lane128, Vector128<float>>(depth, a, b, alpha, c, stride);
                break;
            default:
                Tile6<LaneScalar, float>(depth, a, b, alpha, c, stride);
                break;
        }
    }

    /// <summary>C[14 x 2 vectors] += alpha * (A panel)(B panel)^T over <paramref name="depth"/> steps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Tile14<TLane, TVector>(nint depth, float* a, float* b, float alpha, float* c, nint stride)
        where TLane : struct, ILane<TVector>
        where TVector : unmanaged
    {
        TVector c00 = TLane.Zero, c01 = TLane.Zero;
        TVector c10 = TLane.Zero, c11 = TLane.Zero;
        TVector c20 = TLane.Zero, c21 = TLane.Zero;
        TVector c30 = TLane.Zero, c31 = TLane.Zero;
        TVector c40 = TLane.Zero, c41 = TLane.Zero;
        TVector c50 = TLane.Zero, c51 = TLane.Zero;
        TVector c60 = TLane.Zero, c61 = TLane.Zero;
        TVector c70 = TLane.Zero, c71 = TLane.Zero;
        TVector c80 = TLane.Zero, c81 = TLane.Zero;
        TVector c90 = TLane.Zero, c91 = TLane.Zero;
        TVector c100 = TLane.Zero, c101 = TLane.Zero;
        TVector c110 = TLane.Zero, c111 = TLane.Zero;
        TVector c120 = TLane.Zero, c121 = TLane.Zero;
        TVector c130 = TLane.Zero, c131 = TLane.Zero;
        for (nint k = 0; k < depth; k++)
        {
            var b0 = TLane.Load(b);
            var b1 = TLane.Load(b + TLane.Width);
            var a0 = TLane.Broadcast(a[0]);
            c00 = TLane.MultiplyAdd(a0, b0, c00);
            c01 = TLane.MultiplyAdd(a0, b1, c01);
            var a1 = TLane.Broadcast(a[1]);
            c10 = TLane.MultiplyAdd(a1, b0, c10);
            c11 = TLane.MultiplyAdd(a1, b1, c11);
            var a2 = TLane.Broadcast(a[2]);
            c20 = TLane.MultiplyAdd(a2, b0, c20);
            c21 = TLane.MultiplyAdd(a2, b1, c21);
            var a3 = TLane.Broadcast(a[3]);
            c30 = TLane.MultiplyAdd(a3, b0, c30);
            c31 = TLane.MultiplyAdd(a3, b1, c31);
            var a4 = TLane.Broadcast(a[4]);
            c40 = TLane.MultiplyAdd(a4, b0, c40);
            c41 = TLane.MultiplyAdd(a4, b1, c41);
            var a5 = TLane.Broadcast(a[5]);
            c50 = TLane.MultiplyAdd(a5, b0, c50);
            c51 = TLane.MultiplyAdd(a5, b1, c51);
            var a6 = TLane.Broadcast(a[6]);
            c60 = TLane.MultiplyAdd(a6, b0, c60);
            c61 = TLane.MultiplyAdd(a6, b1, c61);
            var a7 = TLane.Broadcast(a[7]);
            c70 = TLane.MultiplyAdd(a7, b0, c70);
            c71 = TLane.MultiplyAdd(a7, b1, c71);
            var a8 = TLane.Broadcast(a[8]);
            c80 = TLane.MultiplyAdd(a8, b0, c80);
            c81 = TLane.MultiplyAdd(a8, b1, c81);
            var a9 = TLane.Broadcast(a[9]);
            c90 = TLane.MultiplyAdd(a9, b0, c90);
            c91 = TLane.MultiplyAdd(a9, b1, c91);
            var a10 = TLane.Broadcast(a[10]);
            c100 = TLane.MultiplyAdd(a10, b0, c100);
            c101 = TLane.MultiplyAdd(a10, b1, c101);
            var a11 = TLane.Broadcast(a[11]);
            c110 = TLane.MultiplyAdd(a11, b0, c110);
            c111 = TLane.MultiplyAdd(a11, b1, c111);
            var a12 = TLane.Broadcast(a[12]);
            c120 = TLane.MultiplyAdd(a12, b0, c120);
            c121 = TLane.MultiplyAdd(a12, b1, c121);
            var a13 = TLane.Broadcast(a[13]);
            c130 = TLane.MultiplyAdd(a13, b0, c130);
            c131 = TLane.MultiplyAdd(a13, b1, c131);
            a += 14;
            b += 2 * TLane.Width;
        }
        var scale = TLane.Broadcast(alpha);
        Accumulate<TLane, TVector>(scale, c00, c01, c);
        Accumulate<TLane, TVector>(scale, c10, c11, c + 1 * stride);
        Accumulate<TLane, TVector>(scale, c20, c21, c + 2 * stride);
        Accumulate<TLane, TVector>(scale, c30, c31, c + 3 * stride);
        Accumulate<TLane, TVector>(scale, c40, c41, c + 4 * stride);
        Accumulate<TLane, TVector>(scale, c50, c51, c + 5 * stride);
        Accumulate<TLane, TVector>(scale, c60, c61, c + 6 * stride);
        Accumulate<TLane, TVector>(scale, c70, c71, c + 7 * stride);
        Accumulate<TLane, TVector>(scale, c80, c81, c + 8 * stride);
        Accumulate<TLane, TVector>(scale, c90, c91, c + 9 * stride);
        Accumulate<TLane, TVector>(scale, c100, c101, c + 10 * stride);
        Accumulate<TLane, TVector>(scale, c110, c111, c + 11 * stride);
        Accumulate<TLane, TVector>(scale, c120, c121, c + 12 * stride);
        Accumulate<TLane, TVector>(scale, c130, c131, c + 13 * stride);
    }

    /// <summary>C[6 x 2 vectors] += alpha * (A panel)(B panel)^T over <paramref name="depth"/> steps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Tile6<TLane, TVector>(nint depth, float* a, float* b, float alpha, float* c, nint stride)
        where TLane : struct, ILane<TVector>
        where TVector : unmanaged
    {
        TVector c00 = TLane.Zero, c01 = TLane.Zero;
        TVector c10 = TLane.Zero, c11 = TLane.Zero;
        TVector c20 = TLane.Zero, c21 = TLane.Zero;
        TVector c30 = TLane.Zero, c31 = TLane.Zero;
        TVector c40 = TLane.Zero, c41 = TLane.Zero;
        TVector c50 = TLane.Zero, c51 = TLane.Zero;
        for (nint k = 0; k < depth; k++)
        {
            var b0 = TLane.Load(b);
            var b1 = TLane.Load(b + TLane.Width);
            var a0 = TLane.Broadcast(a[0]);
            c00 = TLane.MultiplyAdd(a0, b0, c00);
            c01 = TLane.MultiplyAdd(a0, b1, c01);
            var a1 = TLane.Broadcast(a[1]);
            c10 = TLane.MultiplyAdd(a1, b0, c10);
            c11 = TLane.MultiplyAdd(a1, b1, c11);
            var a2 = TLane.Broadcast(a[2]);
            c20 = TLane.MultiplyAdd(a2, b0, c20);
            c21 = TLane.MultiplyAdd(a2, b1, c21);
            var a3 = TLane.Broadcast(a[3]);
            c30 = TLane.MultiplyAdd(a3, b0, c30);
            c31 = TLane.MultiplyAdd(a3, b1, c31);
            var a4 = TLane.Broadcast(a[4]);
            c40 = TLane.MultiplyAdd(a4, b0, c40);
            c41 = TLane.MultiplyAdd(a4, b1, c41);
            var a5 = TLane.Broadcast(a[5]);
            c50 = TLane.MultiplyAdd(a5, b0, c50);
            c51 = TLane.MultiplyAdd(a5, b1, c51);
            a += 6;
            b += 2 * TLane.Width;
        }
        var scale = TLane.Broadcast(alpha);
        Accumulate<TLane, TVector>(scale, c00, c01, c);
        Accumulate<TLane, TVector>(scale, c10, c11, c + 1 * stride);
        Accumulate<TLane, TVector>(scale, c20, c21, c + 2 * stride);
        Accumulate<TLane, TVector>(scale, c30, c31, c + 3 * stride);
        Accumulate<TLane, TVector>(scale, c40, c41, c + 4 * stride);
        Accumulate<TLane, TVector>(scale, c50, c51, c + 5 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate<TLane, TVector>(TVector scale, TVector v0, TVector v1, float* c)
        where TLane : struct, ILane<TVector>
        where TVector : unmanaged
    {
        TLane.Store(TLane.MultiplyAdd(scale, v0, TLane.Load(c)), c);
        TLane.Store(TLane.MultiplyAdd(scale, v1, TLane.Load(c + TLane.Width)), c + TLane.Width);
    }
}
