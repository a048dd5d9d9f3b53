using System.Runtime.Intrinsics;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// Inner product and scaled addition of float32 vectors of any length; a length that is a multiple of 16 runs without a tail. They use the machine's widest
/// instructions where no width is given.
/// </summary>
internal static unsafe class VectorMath
{
    /// <summary>Sum of <c>a[i] * b[i]</c>.</summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => Dot(Simd.Widest, a, b);

    internal static float Dot(SimdLevel level, ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(b.Length, a.Length);
        fixed (float* pa = a, pb = b) return Dot(level, pa, pb, a.Length);
    }

    /// <summary><c>y[i] += alpha * x[i]</c>.</summary>
    public static void Axpy(float alpha, ReadOnlySpan<float> x, Span<float> y) => Axpy(Simd.Widest, alpha, x, y);

    internal static void Axpy(SimdLevel level, float alpha, ReadOnlySpan<float> x, Span<float> y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, x.Length);
        fixed (float* px = x, py = y) Axpy(level, alpha, px, py, x.Length);
    }

    internal static float Dot(float* a, float* b, int length) => Dot(Simd.Widest, a, b, length);

    internal static float Dot(SimdLevel level, float* a, float* b, int length) => level switch
    {
        SimdLevel.Vector512 => Dot<Lane512, Vector512<float>>(a, b, length),
        SimdLevel.Vector256 => Dot<Lane256, Vector256<float>>(a, b, length),
        SimdLevel.Vector128 => Dot<Lane128, Vector128<float>>(a, b, length),
        _ => Dot<LaneScalar, float>(a, b, length),
    };

    internal static void Axpy(float alpha, float* x, float* y, int length) => Axpy(Simd.Widest, alpha, x, y, length);

    internal static void Axpy(SimdLevel level, float alpha, float* x, float* y, int length)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Axpy<Lane512, Vector512<float>>(alpha, x, y, length);
                break;
            case SimdLevel.Vector256:
                Axpy<Lane256, Vector256<float>>(alpha, x, y, length);
                break;
            case SimdLevel.Vector128:
                Axpy<Lane128, Vector128<float>>(alpha, x, y, length);
                break;
            default:
                Axpy<LaneScalar, float>(alpha, x, y, length);
                break;
        }
    }

    /// <summary><c>y[i] = x[i] + beta * y[i]</c>.</summary>
    internal static void ScaleAdd(SimdLevel level, float beta, float* x, float* y, int length)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                ScaleAdd<Lane512, Vector512<float>>(beta, x, y, length);
                break;
            case SimdLevel.Vector256:
                ScaleAdd<Lane256, Vector256<float>>(beta, x, y, length);
                break;
            case SimdLevel.Vector128:
                ScaleAdd<Lane128, Vector128<float>>(beta, x, y, length);
                break;
            default:
                ScaleAdd<LaneScalar, float>(beta, x, y, length);
                break;
        }
    }

    internal static float Dot<TLane, TVector>(float* a, float* b, int length)
        where TLane : struct, ILane<TVector>
        where TVector : unmanaged
    {
        int w = TLane.Width;
        var s0 = TLane.Zero;
        var s1 = TLane.Zero;
        var s2 = TLane.Zero;
        var s3 = TLane.Zero;
        int i = 0;
        for (; i + 4 * w <= length; i += 4 * w)
        {
            s0 = TLane.MultiplyAdd(TLane.Load(a + i), TLane.Load(b + i), s0);
            s1 = TLane.MultiplyAdd(TLane.Load(a + i + w), TLane.Load(b + i + w), s1);
            s2 = TLane.MultiplyAdd(TLane.Load(a + i + 2 * w), TLane.Load(b + i + 2 * w), s2);
            s3 = TLane.MultiplyAdd(TLane.Load(a + i + 3 * w), TLane.Load(b + i + 3 * w), s3);
        }
        for (; i + w <= length; i += w) s0 = TLane.MultiplyAdd(TLane.Load(a + i), TLane.Load(b + i), s0);
        float sum = TLane.Sum(TLane.Add(TLane.Add(s0, s1), TLane.Add(s2, s3)));
        for (; i < length; i++) sum += a[i] * b[i];
        return sum;
    }

    internal static void Axpy<TLane, TVector>(float alpha, float* x, float* y, int length)
        where TLane : struct, ILane<TVector>
        where TVector : unmanaged
    {
        int w = TLane.Width;
        var s = TLane.Broadcast(alpha);
        int i = 0;
        for (; i + 2 * w <= length; i += 2 * w)
        {
            var y0 = TLane.MultiplyAdd(s, TLane.Load(x + i), TLane.Load(y + i));
            var y1 = TLane.MultiplyAdd(s, TLane.Load(x + i + w), TLane.Load(y + i + w));
            TLane.Store(y0, y + i);
            TLane.Store(y1, y + i + w);
        }
        for (; i + w <= length; i += w) TLane.Store(TLane.MultiplyAdd(s, TLane.Load(x + i), TLane.Load(y + i)), y + i);
        for (; i < length; i++) y[i] += alpha * x[i];
    }

    internal static void ScaleAdd<TLane, TVector>(float beta, float* x, float* y, int length)
        where TLane : struct, ILane<TVector>
        where TVector : unmanaged
    {
        int w = TLane.Width;
        var s = TLane.Broadcast(beta);
        int i = 0;
        for (; i + w <= length; i += w) TLane.Store(TLane.MultiplyAdd(s, TLane.Load(y + i), TLane.Load(x + i)), y + i);
        for (; i < length; i++) y[i] = x[i] + beta * y[i];
    }
}
