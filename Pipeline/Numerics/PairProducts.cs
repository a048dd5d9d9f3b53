using System.Runtime.Intrinsics.X86;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// Inner products of one row with some rows of a table, each one chain of fused multiply-adds over the columns in order, as retrieval's tiles have it. Eight
/// chains side by side hide the latency of one.
/// </summary>
internal static unsafe class PairProducts
{
    /// <param name="u">As many floats as the table has columns.</param>
    /// <param name="items">Rows of the table.</param>
    public static void Write(float* u, FactorMatrix all, int* items, float* scores, int count)
    {
        int stride = all.Stride;
        int rank = all.Rank;
        fixed (float* rows = all.Values)
        {
            for (int first = 0; first < count; first += 8)
            {
                // Past the end the last item is scored again, into the same place.
                int last = count - 1;
                float* v0 = rows + (long)items[first] * stride;
                float* v1 = rows + (long)items[Math.Min(first + 1, last)] * stride;
                float* v2 = rows + (long)items[Math.Min(first + 2, last)] * stride;
                float* v3 = rows + (long)items[Math.Min(first + 3, last)] * stride;
                float* v4 = rows + (long)items[Math.Min(first + 4, last)] * stride;
                float* v5 = rows + (long)items[Math.Min(first + 5, last)] * stride;
                float* v6 = rows + (long)items[Math.Min(first + 6, last)] * stride;
                float* v7 = rows + (long)items[Math.Min(first + 7, last)] * stride;
                Prefetch(rows, items, first + 8, count, stride);
                float s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
                for (int k = 0; k < rank; k++)
                {
                    float x = u[k];
                    s0 = MathF.FusedMultiplyAdd(x, v0[k], s0);
                    s1 = MathF.FusedMultiplyAdd(x, v1[k], s1);
                    s2 = MathF.FusedMultiplyAdd(x, v2[k], s2);
                    s3 = MathF.FusedMultiplyAdd(x, v3[k], s3);
                    s4 = MathF.FusedMultiplyAdd(x, v4[k], s4);
                    s5 = MathF.FusedMultiplyAdd(x, v5[k], s5);
                    s6 = MathF.FusedMultiplyAdd(x, v6[k], s6);
                    s7 = MathF.FusedMultiplyAdd(x, v7[k], s7);
                }
                scores[first] = s0;
                scores[Math.Min(first + 1, last)] = s1;
                scores[Math.Min(first + 2, last)] = s2;
                scores[Math.Min(first + 3, last)] = s3;
                scores[Math.Min(first + 4, last)] = s4;
                scores[Math.Min(first + 5, last)] = s5;
                scores[Math.Min(first + 6, last)] = s6;
                scores[Math.Min(first + 7, last)] = s7;
            }
        }
    }

    /// <summary>The rows lie all over the table: asking for the next eight now hides most of the way to memory.</summary>
    private static void Prefetch(float* rows, int* items, int first, int count, int stride)
    {
        if (!Sse.IsSupported) return;
        for (int at = first; at < Math.Min(first + 8, count); at++)
        {
            float* row = rows + (long)items[at] * stride;
            for (int k = 0; k < stride; k += 16) Sse.Prefetch0(row + k);
        }
    }
}
