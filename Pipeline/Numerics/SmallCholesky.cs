using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// Cholesky factorization A = U^T U and solve for one small symmetric positive definite float32 matrix (order up to a few hundred): what
/// an ALS solve does once a user. Left-looking in strips of four rows, so that the update is <see cref="SmallGramian"/>.
/// </summary>
internal static unsafe class SmallCholesky
{
    /// <summary>
    /// Replaces the upper triangle of <paramref name="a"/> (n x n, row-major) by U. <paramref name="n"/> is a multiple of 16; padding has 1 on the
    /// diagonal and 0 elsewhere. The strict lower triangle is left undefined.
    /// </summary>
    /// <returns>-1, or the row whose pivot was not a positive finite number.</returns>
    public static int Factor(float* a, int n) => Factor(Simd.Widest, a, n);

    public static int Factor(SimdLevel level, float* a, int n) => level switch
    {
        SimdLevel.Vector512 => Factor<Lane512, Vector512<float>>(a, n),
        SimdLevel.Vector256 => Factor<Lane256, Vector256<float>>(a, n),
        SimdLevel.Vector128 => Factor<Lane128, Vector128<float>>(a, n),
        _ => Factor<LaneScalar, float>(a, n),
    };

    /// <summary>Replaces b by the solution x of U^T U x = b.</summary>
    public static void Solve(float* u, int n, float* b) => Solve(Simd.Widest, u, n, b);

    public static void Solve(SimdLevel level, float* u, int n, float* b)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Solve<Lane512, Vector512<float>>(u, n, b);
                break;
            case SimdLevel.Vector256:
                Solve<Lane256, Vector256<float>>(u, n, b);
                break;
            case SimdLevel.Vector128:
                Solve<Lane128, Vector128<float>>(u, n, b);
                break;
            default:
                Solve<LaneScalar, float>(u, n, b);
                break;
        }
    }

    private static int Factor<TLane, TVector>(float* a, int n)
        where TLane : struct, ILane<TVector>
        where TVector : unmanaged
    {
        for (int row = 0; row < n; row += SmallGramian.Strip)
        {
            SmallGramian.Update<TLane, TVector>(-1, a, row, n, a, row, row + SmallGramian.Strip);
            int failed = FactorStrip<TLane, TVector>(a, n, row);
            if (failed >= 0) return failed;
        }
        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int FactorStrip<TLane, TVector>(float* a, int n, int row)
        where TLane : struct, ILane<TVector>
        where TVector : unmanaged
    {
        float* r0 = a + (nint)row * n;
        float* r1 = r0 + n;
        float* r2 = r1 + n;
        float* r3 = r2 + n;
        float d0 = r0[row];
        if (!(d0 > 0 && float.IsFinite(d0))) return row;
        float i0 = 1 / MathF.Sqrt(d0);
        float u01 = r0[row + 1] * i0, u02 = r0[row + 2] * i0, u03 = r0[row + 3] * i0;
        float d1 = r1[row + 1] - u01 * u01;
        if (!(d1 > 0)) return row + 1;
        float i1 = 1 / MathF.Sqrt(d1);
        float u12 = (r1[row + 2] - u01 * u02) * i1, u13 = (r1[row + 3] - u01 * u03) * i1;
        float d2 = r2[row + 2] - u02 * u02 - u12 * u12;
        if (!(d2 > 0)) return row + 2;
        float i2 = 1 / MathF.Sqrt(d2);
        float u23 = (r2[row + 3] - u02 * u03 - u12 * u13) * i2;
        float d3 = r3[row + 3] - u03 * u03 - u13 * u13 - u23 * u23;
        if (!(d3 > 0)) return row + 3;
        float i3 = 1 / MathF.Sqrt(d3);

        var s0 = TLane.Broadcast(i0);
        var s1 = TLane.Broadcast(i1);
        var s2 = TLane.Broadcast(i2);
        var s3 = TLane.Broadcast(i3);
        var m01 = TLane.Broadcast(-u01);
        var m02 = TLane.Broadcast(-u02);
        var m03 = TLane.Broadcast(-u03);
        var m12 = TLane.Broadcast(-u12);
        var m13 = TLane.Broadcast(-u13);
        var m23 = TLane.Broadcast(-u23);
        for (int c = row / TLane.Width * TLane.Width; c < n; c += TLane.Width)
        {
            var v0 = TLane.Multiply(TLane.Load(r0 + c), s0);
            var v1 = TLane.Multiply(TLane.MultiplyAdd(m01, v0, TLane.Load(r1 + c)), s1);
            var v2 = TLane.Multiply(TLane.MultiplyAdd(m12, v1, TLane.MultiplyAdd(m02, v0, TLane.Load(r2 + c))), s2);
            var v3 = TLane.MultiplyAdd(m23, v2, TLane.MultiplyAdd(m13, v1, TLane.MultiplyAdd(m03, v0, TLane.Load(r3 + c))));
            TLane.Store(v0, r0 + c);
            TLane.Store(v1, r1 + c);
            TLane.Store(v2, r2 + c);
            TLane.Store(TLane.Multiply(v3, s3), r3 + c);
        }
        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Solve<TLane, TVector>(float* u, int n, float* b)
        where TLane : struct, ILane<TVector>
        where TVector : unmanaged
    {
        int w = TLane.Width;
        for (int i = 0; i < n; i++)
        {
            float* row = u + (nint)i * n;
            float y = b[i] / row[i];
            int c = i / w * w;
            Diagonal(row, b, i, Math.Min(c + w, n), y);
            var scale = TLane.Broadcast(-y);
            for (c += w; c < n; c += w) TLane.Store(TLane.MultiplyAdd(scale, TLane.Load(row + c), TLane.Load(b + c)), b + c);
            b[i] = y;
        }
        for (int i = n - 1; i >= 0; i--)
        {
            float* row = u + (nint)i * n;
            int c = i / w * w + w;
            float sum = b[i];
            for (int k = i + 1; k < c && k < n; k++) sum -= row[k] * b[k];
            var dot = TLane.Zero;
            for (; c < n; c += w) dot = TLane.MultiplyAdd(TLane.Load(row + c), TLane.Load(b + c), dot);
            b[i] = (sum - TLane.Sum(dot)) / row[i];
        }
    }

    private static void Diagonal(float* row, float* b, int i, int end, float y)
    {
        for (int k = i + 1; k < end; k++) b[k] -= y * row[k];
    }
}
