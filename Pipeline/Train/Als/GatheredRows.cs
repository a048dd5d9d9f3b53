using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Als;

/// <summary>
/// The rows of a factor matrix that one user's (or item's) pairs name, used where they lie: each row is read once for its inner product and
/// once, from the cache, for its addition. Four rows at a time share the loads of the vectors.
/// </summary>
/// <param name="level">The width of every kernel that works on these rows.</param>
internal unsafe readonly struct GatheredRows(SimdLevel level, float* factors, int stride, int* indices, float* weights, int count)
{
    public SimdLevel Level => level;

    public int Count => count;

    public float* Row(int j) => factors + (nint)indices[j] * stride;

    public float Weight(int j) => weights[j];

    /// <summary>y += sum_j w_j (bias + scale * (v_j . x)) v_j; all vectors of <paramref name="width"/> floats, a multiple of 16.</summary>
    public void Accumulate(float bias, float scale, float* x, float* y, int width)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Accumulate<Lane512, Vector512<float>>(bias, scale, x, y, width);
                break;
            case SimdLevel.Vector256:
                Accumulate<Lane256, Vector256<float>>(bias, scale, x, y, width);
                break;
            case SimdLevel.Vector128:
                Accumulate<Lane128, Vector128<float>>(bias, scale, x, y, width);
                break;
            default:
                Accumulate<LaneScalar, float>(bias, scale, x, y, width);
                break;
        }
    }

    /// <summary>y += sum_j c_j v_j over <paramref name="width"/> floats from column <paramref name="column"/> on.</summary>
    public void AddScaled(float* c, int column, float* y, int width)
    {
        for (int j = 0; j < count; j++) VectorMath.Axpy(level, c[j], Row(j) + column, y, width);
    }

    /// <summary>The factors of the next four rows come from anywhere in memory while those of these four are worked on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(float* row, int width)
    {
        if (!Sse.IsSupported) return;
        for (int k = 0; k < width; k += 16) Sse.Prefetch0(row + k);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Accumulate<TLane, TVector>(float bias, float scale, float* x, float* y, int width)
        where TLane : struct, ILane<TVector>
        where TVector : unmanaged
    {
        int w = TLane.Width;
        int j = 0;
        for (; j + 4 <= count; j += 4)
        {
            for (int next = j + 4; next < Math.Min(count, j + 8); next++) Prefetch(factors + (nint)indices[next] * stride, width);
            float* v0 = factors + (nint)indices[j] * stride;
            float* v1 = factors + (nint)indices[j + 1] * stride;
            float* v2 = factors + (nint)indices[j + 2] * stride;
            float* v3 = factors + (nint)indices[j + 3] * stride;
            TVector d0 = TLane.Zero, d1 = TLane.Zero, d2 = TLane.Zero, d3 = TLane.Zero;
            for (int k = 0; k < width; k += w)
            {
                var xk = TLane.Load(x + k);
                d0 = TLane.MultiplyAdd(xk, TLane.Load(v0 + k), d0);
                d1 = TLane.MultiplyAdd(xk, TLane.Load(v1 + k), d1);
                d2 = TLane.MultiplyAdd(xk, TLane.Load(v2 + k), d2);
                d3 = TLane.MultiplyAdd(xk, TLane.Load(v3 + k), d3);
            }
            var c0 = TLane.Broadcast(weights[j] * (bias + scale * TLane.Sum(d0)));
            var c1 = TLane.Broadcast(weights[j + 1] * (bias + scale * TLane.Sum(d1)));
            var c2 = TLane.Broadcast(weights[j + 2] * (bias + scale * TLane.Sum(d2)));
            var c3 = TLane.Broadcast(weights[j + 3] * (bias + scale * TLane.Sum(d3)));
            for (int k = 0; k < width; k += w)
            {
                var left = TLane.MultiplyAdd(c1, TLane.Load(v1 + k), TLane.MultiplyAdd(c0, TLane.Load(v0 + k), TLane.Load(y + k)));
                TLane.Store(TLane.MultiplyAdd(c3, TLane.Load(v3 + k), TLane.MultiplyAdd(c2, TLane.Load(v2 + k), left)), y + k);
            }
        }
        for (; j < count; j++)
        {
            float* v = factors + (nint)indices[j] * stride;
            var d = TLane.Zero;
            for (int k = 0; k < width; k += w) d = TLane.MultiplyAdd(TLane.Load(x + k), TLane.Load(v + k), d);
            var c = TLane.Broadcast(weights[j] * (bias + scale * TLane.Sum(d)));
            for (int k = 0; k < width; k += w) TLane.Store(TLane.MultiplyAdd(c, TLane.Load(v + k), TLane.Load(y + k)), y + k);
        }
    }
}
