using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>
/// Inner products of one row with many. Four rows at a time share the loads of the one and hide the latency of the sums; the order of
/// additions of a pair is the same wherever it stands and however wide the registers are.
/// </summary>
internal static class RowProducts
{
    /// <param name="rows">Rows of <paramref name="stride"/> floats, a multiple of 16.</param>
    public static void Of(ReadOnlySpan<float> rows, int stride, ReadOnlySpan<float> one, Span<float> products)
    {
        ref float r = ref MemoryMarshal.GetReference(rows);
        ref float o = ref MemoryMarshal.GetReference(one);
        int n = products.Length;
        int i = 0;
        for (; i + 4 <= n; i += 4)
        {
            nuint a = (nuint)(i * stride), b = a + (nuint)stride, c = b + (nuint)stride, d = c + (nuint)stride;
            var sa = Vector512<float>.Zero;
            var sb = Vector512<float>.Zero;
            var sc = Vector512<float>.Zero;
            var sd = Vector512<float>.Zero;
            for (nuint k = 0; k < (nuint)stride; k += 16)
            {
                var v = Vector512.LoadUnsafe(ref o, k);
                sa = Vector512.FusedMultiplyAdd(v, Vector512.LoadUnsafe(ref r, a + k), sa);
                sb = Vector512.FusedMultiplyAdd(v, Vector512.LoadUnsafe(ref r, b + k), sb);
                sc = Vector512.FusedMultiplyAdd(v, Vector512.LoadUnsafe(ref r, c + k), sc);
                sd = Vector512.FusedMultiplyAdd(v, Vector512.LoadUnsafe(ref r, d + k), sd);
            }
            products[i] = Sum(sa);
            products[i + 1] = Sum(sb);
            products[i + 2] = Sum(sc);
            products[i + 3] = Sum(sd);
        }
        for (; i < n; i++)
        {
            nuint a = (nuint)(i * stride);
            var s = Vector512<float>.Zero;
            for (nuint k = 0; k < (nuint)stride; k += 16)
                s = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref o, k), Vector512.LoadUnsafe(ref r, a + k), s);
            products[i] = Sum(s);
        }
    }

    private static float Sum(Vector512<float> v)
    {
        var half = v.GetLower() + v.GetUpper();
        var quarter = half.GetLower() + half.GetUpper();
        return quarter[0] + quarter[2] + (quarter[1] + quarter[3]);
    }
}
