using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// Inner products of 14 users with 32 items, kept in 28 of the 32 512-bit registers from the first factor to the comparison with the users' thresholds.
/// Only a row that reaches its threshold is stored.
/// </summary>
internal static unsafe class InnerProductTile512
{
    public const int Rows = 14;

    /// <param name="users">rank x 14: factor k of the tile's users side by side.</param>
    /// <param name="panel">rank x 32: factor k of the panel's items side by side.</param>
    /// <param name="thresholds">14.</param>
    /// <param name="scores">14 x 32; written for the rows that are named in the result.</param>
    /// <returns>Bit r is set where row r has a score of at least its threshold.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Run(float* users, float* panel, int rank, float* thresholds, float* scores)
    {
        // One local a register: the JIT keeps locals in registers, elements of an array it does not.
        Vector512<float> a0 = default, b0 = default;
        Vector512<float> a1 = default, b1 = default;
        Vector512<float> a2 = default, b2 = default;
        Vector512<float> a3 = default, b3 = default;
        Vector512<float> a4 = default, b4 = default;
        Vector512<float> a5 = default, b5 = default;
        Vector512<float> a6 = default, b6 = default;
        Vector512<float> a7 = default, b7 = default;
        Vector512<float> a8 = default, b8 = default;
        Vector512<float> a9 = default, b9 = default;
        Vector512<float> a10 = default, b10 = default;
        Vector512<float> a11 = default, b11 = default;
        Vector512<float> a12 = default, b12 = default;
        Vector512<float> a13 = default, b13 = default;
        float* end = panel + (nint)rank * ItemPanels.Width;
        for (; panel < end; panel += ItemPanels.Width, users += Rows)
        {
            var v = Vector512.Load(panel);
            var w = Vector512.Load(panel + 16);
            Vector512<float> u;
            u = Vector512.Create(users[0]);
            a0 = Vector512.FusedMultiplyAdd(u, v, a0);
            b0 = Vector512.FusedMultiplyAdd(u, w, b0);
            u = Vector512.Create(users[1]);
            a1 = Vector512.FusedMultiplyAdd(u, v, a1);
            b1 = Vector512.FusedMultiplyAdd(u, w, b1);
            u = Vector512.Create(users[2]);
            a2 = Vector512.FusedMultiplyAdd(u, v, a2);
            b2 = Vector512.FusedMultiplyAdd(u, w, b2);
            u = Vector512.Create(users[3]);
            a3 = Vector512.FusedMultiplyAdd(u, v, a3);
            b3 = Vector512.FusedMultiplyAdd(u, w, b3);
            u = Vector512.Create(users[4]);
            a4 = Vector512.FusedMultiplyAdd(u, v, a4);
            b4 = Vector512.FusedMultiplyAdd(u, w, b4);
            u = Vector512.Create(users[5]);
            a5 = Vector512.FusedMultiplyAdd(u, v, a5);
            b5 = Vector512.FusedMultiplyAdd(u, w, b5);
            u = Vector512.Create(users[6]);
            a6 = Vector512.FusedMultiplyAdd(u, v, a6);
            b6 = Vector512.FusedMultiplyAdd(u, w, b6);
            u = Vector512.Create(users[7]);
            a7 = Vector512.FusedMultiplyAdd(u, v, a7);
            b7 = Vector512.FusedMultiplyAdd(u, w, b7);
            u = Vector512.Create(users[8]);
            a8 = Vector512.FusedMultiplyAdd(u, v, a8);
            b8 = Vector512.FusedMultiplyAdd(u, w, b8);
            u = Vector512.Create(users[9]);
            a9 = Vector512.FusedMultiplyAdd(u, v, a9);
            b9 = Vector512.FusedMultiplyAdd(u, w, b9);
            u = Vector512.Create(users[10]);
            a10 = Vector512.FusedMultiplyAdd(u, v, a10);
            b10 = Vector512.FusedMultiplyAdd(u, w, b10);
            u = Vector512.Create(users[11]);
            a11 = Vector512.FusedMultiplyAdd(u, v, a11);
            b11 = Vector512.FusedMultiplyAdd(u, w, b11);
            u = Vector512.Create(users[12]);
            a12 = Vector512.FusedMultiplyAdd(u, v, a12);
            b12 = Vector512.FusedMultiplyAdd(u, w, b12);
            u = Vector512.Create(users[13]);
            a13 = Vector512.FusedMultiplyAdd(u, v, a13);
            b13 = Vector512.FusedMultiplyAdd(u, w, b13);
        }
        uint rows = 0;
        if (Reaches(a0, b0, thresholds[0])) rows |= Keep(a0, b0, 0, scores);
        if (Reaches(a1, b1, thresholds[1])) rows |= Keep(a1, b1, 1, scores);
        if (Reaches(a2, b2, thresholds[2])) rows |= Keep(a2, b2, 2, scores);
        if (Reaches(a3, b3, thresholds[3])) rows |= Keep(a3, b3, 3, scores);
        if (Reaches(a4, b4, thresholds[4])) rows |= Keep(a4, b4, 4, scores);
        if (Reaches(a5, b5, thresholds[5])) rows |= Keep(a5, b5, 5, scores);
        if (Reaches(a6, b6, thresholds[6])) rows |= Keep(a6, b6, 6, scores);
        if (Reaches(a7, b7, thresholds[7])) rows |= Keep(a7, b7, 7, scores);
        if (Reaches(a8, b8, thresholds[8])) rows |= Keep(a8, b8, 8, scores);
        if (Reaches(a9, b9, thresholds[9])) rows |= Keep(a9, b9, 9, scores);
        if (Reaches(a10, b10, thresholds[10])) rows |= Keep(a10, b10, 10, scores);
        if (Reaches(a11, b11, thresholds[11])) rows |= Keep(a11, b11, 11, scores);
        if (Reaches(a12, b12, thresholds[12])) rows |= Keep(a12, b12, 12, scores);
        if (Reaches(a13, b13, thresholds[13])) rows |= Keep(a13, b13, 13, scores);
        return rows;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Reaches(Vector512<float> a, Vector512<float> b, float threshold) =>
        Vector512.GreaterThanOrEqualAny(Vector512.MaxNative(a, b), Vector512.Create(threshold));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Keep(Vector512<float> a, Vector512<float> b, int row, float* scores)
    {
        a.Store(scores + row * ItemPanels.Width);
        b.Store(scores + row * ItemPanels.Width + 16);
        return 1u << row;
    }
}
