using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// Inner products of 6 users with 32 items, 16 items at a time in 12 of the 16 256-bit registers; where there are none, one product after the other.
/// A product is the same chain of fused multiply-adds as in <see cref="InnerProductTile512"/>, so its bits are the same.
/// </summary>
internal static unsafe class InnerProductTile256
{
    public const int Rows = 6;

    /// <summary>As <see cref="InnerProductTile512.Run"/>, with 6 users side by side in place of 14.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Run(float* users, float* panel, int rank, float* thresholds, float* scores)
    {
        if (Vector256.IsHardwareAccelerated)
        {
            Half(users, panel, rank, scores);
            Half(users, panel + 16, rank, scores + 16);
        }
        else
        {
            OneByOne(users, panel, rank, scores);
        }
        uint rows = 0;
        for (int r = 0; r < Rows; r++)
            if (Reaches(scores + r * ItemPanels.Width, thresholds[r])) rows |= 1u << r;
        return rows;
    }

    /// <summary>Whether one of a row's scores reaches the threshold. One by one that takes a sixth of a scan of 64 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Reaches(float* row, float threshold)
    {
        var least = Vector256.Create(threshold);
        var reached = Vector256.GreaterThanOrEqual(Vector256.Load(row), least) | Vector256.GreaterThanOrEqual(Vector256.Load(row + 8), least)
            | Vector256.GreaterThanOrEqual(Vector256.Load(row + 16), least) | Vector256.GreaterThanOrEqual(Vector256.Load(row + 24), least);
        return reached.ExtractMostSignificantBits() != 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Half(float* users, float* panel, int rank, float* scores)
    {
        Vector256<float> a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default;
        Vector256<float> a3 = default, b3 = default, a4 = default, b4 = default, a5 = default, b5 = default;
        float* end = panel + (nint)rank * ItemPanels.Width;
        for (; panel < end; panel += ItemPanels.Width, users += Rows)
        {
            var v = Vector256.Load(panel);
            var w = Vector256.Load(panel + 8);
            Vector256<float> u;
            u = Vector256.Create(users[0]);
            a0 = Vector256.FusedMultiplyAdd(u, v, a0);
            b0 = Vector256.FusedMultiplyAdd(u, w, b0);
            u = Vector256.Create(users[1]);
            a1 = Vector256.FusedMultiplyAdd(u, v, a1);
            b1 = Vector256.FusedMultiplyAdd(u, w, b1);
            u = Vector256.Create(users[2]);
            a2 = Vector256.FusedMultiplyAdd(u, v, a2);
            b2 = Vector256.FusedMultiplyAdd(u, w, b2);
            u = Vector256.Create(users[3]);
            a3 = Vector256.FusedMultiplyAdd(u, v, a3);
            b3 = Vector256.FusedMultiplyAdd(u, w, b3);
            u = Vector256.Create(users[4]);
            a4 = Vector256.FusedMultiplyAdd(u, v, a4);
            b4 = Vector256.FusedMultiplyAdd(u, w, b4);
            u = Vector256.Create(users[5]);
            a5 = Vector256.FusedMultiplyAdd(u, v, a5);
            b5 = Vector256.FusedMultiplyAdd(u, w, b5);
        }
        Store(a0, b0, scores);
        Store(a1, b1, scores + ItemPanels.Width);
        Store(a2, b2, scores + 2 * ItemPanels.Width);
        Store(a3, b3, scores + 3 * ItemPanels.Width);
        Store(a4, b4, scores + 4 * ItemPanels.Width);
        Store(a5, b5, scores + 5 * ItemPanels.Width);
    }

    private static void Store(Vector256<float> a, Vector256<float> b, float* to)
    {
        a.Store(to);
        b.Store(to + 8);
    }

    internal static void OneByOne(float* users, float* panel, int rank, float* scores)
    {
        for (int r = 0; r < Rows; r++)
        {
            for (int i = 0; i < ItemPanels.Width; i++)
            {
                float sum = 0;
                for (int k = 0; k < rank; k++) sum = MathF.FusedMultiplyAdd(users[k * Rows + r], panel[k * ItemPanels.Width + i], sum);
                scores[r * ItemPanels.Width + i] = sum;
            }
        }
    }
}
