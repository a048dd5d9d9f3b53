namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// Inner products of one row with some rows of a table, each with the bits of <see cref="VectorMath.Dot(ReadOnlySpan{float}, ReadOnlySpan{float})"/>. Three
/// rows at a time share the loads of the one, which are half of what a product alone waits for; more would not fit into 16 registers.
/// </summary>
internal static unsafe class RowDots
{
    /// <param name="one">As many floats as the table's rows are long, padding included.</param>
    /// <param name="rows">Rows of the table.</param>
    /// <param name="products">One a row.</param>
    public static void Write(ReadOnlySpan<float> one, FactorMatrix table, ReadOnlySpan<int> rows, Span<float> products) =>
        Write(Simd.Widest, one, table, rows, products);

    internal static void Write(SimdLevel level, ReadOnlySpan<float> one, FactorMatrix table, ReadOnlySpan<int> rows, Span<float> products)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(one.Length, table.Stride);
        ArgumentOutOfRangeException.ThrowIfLessThan(products.Length, rows.Length);
        foreach (int row in rows) ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)table.Rows, nameof(rows));
        fixed (float* a = one, values = table.Values, to = products)
        fixed (int* at = rows)
        {
            switch (level)
            {
                case SimdLevel.Vector512:
                    Write<Lane512, System.Runtime.Intrinsics.Vector512<float>>(a, values, table.Stride, at, rows.Length, to);
                    break;
                case SimdLevel.Vector256:
                    Write<Lane256, System.Runtime.Intrinsics.Vector256<float>>(a, values, table.Stride, at, rows.Length, to);
                    break;
                case SimdLevel.Vector128:
                    Write<Lane128, System.Runtime.Intrinsics.Vector128<float>>(a, values, table.Stride, at, rows.Length, to);
                    break;
                default:
                    Write<LaneScalar, float>(a, values, table.Stride, at, rows.Length, to);
                    break;
            }
        }
    }

    private static void Write<TLane, TVector>(float* a, float* values, int stride, int* rows, int count, float* to)
        where TLane : struct, ILane<TVector>
        where TVector : unmanaged
    {
        int k = 0;
        for (; k + 3 <= count; k += 3)
        {
            Three<TLane, TVector>(
                a, values + (nint)rows[k] * stride, values + (nint)rows[k + 1] * stride, values + (nint)rows[k + 2] * stride, stride, to + k);
        }
        for (; k < count; k++) to[k] = VectorMath.Dot<TLane, TVector>(a, values + (nint)rows[k] * stride, stride);
    }

    /// <summary>Four sums a row, as <see cref="VectorMath"/> has them, added up in its order.</summary>
    private static void Three<TLane, TVector>(float* a, float* b, float* c, float* d, int length, float* to)
        where TLane : struct, ILane<TVector>
        where TVector : unmanaged
    {
        int w = TLane.Width;
        TVector b0 = TLane.Zero, b1 = TLane.Zero, b2 = TLane.Zero, b3 = TLane.Zero;
        TVector c0 = TLane.Zero, c1 = TLane.Zero, c2 = TLane.Zero, c3 = TLane.Zero;
        TVector d0 = TLane.Zero, d1 = TLane.Zero, d2 = TLane.Zero, d3 = TLane.Zero;
        int i = 0;
        for (; i + 4 * w <= length; i += 4 * w)
        {
            var x = TLane.Load(a + i);
            b0 = TLane.MultiplyAdd(x, TLane.Load(b + i), b0);
            c0 = TLane.MultiplyAdd(x, TLane.Load(c + i), c0);
            d0 = TLane.MultiplyAdd(x, TLane.Load(d + i), d0);
            x = TLane.Load(a + i + w);
            b1 = TLane.MultiplyAdd(x, TLane.Load(b + i + w), b1);
            c1 = TLane.MultiplyAdd(x, TLane.Load(c + i + w), c1);
            d1 = TLane.MultiplyAdd(x, TLane.Load(d + i + w), d1);
            x = TLane.Load(a + i + 2 * w);
            b2 = TLane.MultiplyAdd(x, TLane.Load(b + i + 2 * w), b2);
            c2 = TLane.MultiplyAdd(x, TLane.Load(c + i + 2 * w), c2);
            d2 = TLane.MultiplyAdd(x, TLane.Load(d + i + 2 * w), d2);
            x = TLane.Load(a + i + 3 * w);
            b3 = TLane.MultiplyAdd(x, TLane.Load(b + i + 3 * w), b3);
            c3 = TLane.MultiplyAdd(x, TLane.Load(c + i + 3 * w), c3);
            d3 = TLane.MultiplyAdd(x, TLane.Load(d + i + 3 * w), d3);
        }
        for (; i + w <= length; i += w)
        {
            var x = TLane.Load(a + i);
            b0 = TLane.MultiplyAdd(x, TLane.Load(b + i), b0);
            c0 = TLane.MultiplyAdd(x, TLane.Load(c + i), c0);
            d0 = TLane.MultiplyAdd(x, TLane.Load(d + i), d0);
        }
        to[0] = TLane.Sum(TLane.Add(TLane.Add(b0, b1), TLane.Add(b2, b3)));
        to[1] = TLane.Sum(TLane.Add(TLane.Add(c0, c1), TLane.Add(c2, c3)));
        to[2] = TLane.Sum(TLane.Add(TLane.Add(d0, d1), TLane.Add(d2, d3)));
        // Rows are padded to whole registers of the widest lane, so there is no tail.
    }
}
