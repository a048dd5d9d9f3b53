using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// Inner products of 12 users with 32 items in 16-bit integers, summed in 32-bit ones: two factors an instruction and lane, twice the rate of float32.
/// </summary>
internal static unsafe class QuantizedTile
{
    public const int Rows = 12;

    /// <param name="users">pairs x 12 x 2: a pair of factors of the tile's users side by side.</param>
    /// <param name="panel">pairs x 32 x 2: a pair of factors of the panel's items side by side.</param>
    /// <param name="thresholds">12.</param>
    /// <param name="sums">12 x 32; written for the rows that are named in the result.</param>
    /// <returns>Bit r is set where row r has a sum of at least its threshold.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Run(int* users, short* panel, int pairs, int* thresholds, int* sums)
    {
        // One local a register: the JIT keeps locals in registers, elements of an array it does not.
        Vector512<int> a0 = default, b0 = default;
        Vector512<int> a1 = default, b1 = default;
        Vector512<int> a2 = default, b2 = default;
        Vector512<int> a3 = default, b3 = default;
        Vector512<int> a4 = default, b4 = default;
        Vector512<int> a5 = default, b5 = default;
        Vector512<int> a6 = default, b6 = default;
        Vector512<int> a7 = default, b7 = default;
        Vector512<int> a8 = default, b8 = default;
        Vector512<int> a9 = default, b9 = default;
        Vector512<int> a10 = default, b10 = default;
        Vector512<int> a11 = default, b11 = default;
        short* end = panel + (nint)pairs * 2 * ItemPanels.Width;
        for (; panel < end; panel += 2 * ItemPanels.Width, users += Rows)
        {
            var v = Vector512.Load(panel);
            var w = Vector512.Load(panel + ItemPanels.Width);
            Vector512<short> u;
            u = Vector512.Create(users[0]).AsInt16();
            a0 += Avx512BW.MultiplyAddAdjacent(u, v);
            b0 += Avx512BW.MultiplyAddAdjacent(u, w);
            u = Vector512.Create(users[1]).AsInt16();
            a1 += Avx512BW.MultiplyAddAdjacent(u, v);
            b1 += Avx512BW.MultiplyAddAdjacent(u, w);
            u = Vector512.Create(users[2]).AsInt16();
            a2 += Avx512BW.MultiplyAddAdjacent(u, v);
            b2 += Avx512BW.MultiplyAddAdjacent(u, w);
            u = Vector512.Create(users[3]).AsInt16();
            a3 += Avx512BW.MultiplyAddAdjacent(u, v);
            b3 += Avx512BW.MultiplyAddAdjacent(u, w);
            u = Vector512.Create(users[4]).AsInt16();
            a4 += Avx512BW.MultiplyAddAdjacent(u, v);
            b4 += Avx512BW.MultiplyAddAdjacent(u, w);
            u = Vector512.Create(users[5]).AsInt16();
            a5 += Avx512BW.MultiplyAddAdjacent(u, v);
            b5 += Avx512BW.MultiplyAddAdjacent(u, w);
            u = Vector512.Create(users[6]).AsInt16();
            a6 += Avx512BW.MultiplyAddAdjacent(u, v);
            b6 += Avx512BW.MultiplyAddAdjacent(u, w);
            u = Vector512.Create(users[7]).AsInt16();
            a7 += Avx512BW.MultiplyAddAdjacent(u, v);
            b7 += Avx512BW.MultiplyAddAdjacent(u, w);
            u = Vector512.Create(users[8]).AsInt16();
            a8 += Avx512BW.MultiplyAddAdjacent(u, v);
            b8 += Avx512BW.MultiplyAddAdjacent(u, w);
            u = Vector512.Create(users[9]).AsInt16();
            a9 += Avx512BW.MultiplyAddAdjacent(u, v);
            b9 += Avx512BW.MultiplyAddAdjacent(u, w);
            u = Vector512.Create(users[10]).AsInt16();
            a10 += Avx512BW.MultiplyAddAdjacent(u, v);
            b10 += Avx512BW.MultiplyAddAdjacent(u, w);
            u = Vector512.Create(users[11]).AsInt16();
            a11 += Avx512BW.MultiplyAddAdjacent(u, v);
            b11 += Avx512BW.MultiplyAddAdjacent(u, w);
        }
        uint rows = 0;
        if (Reaches(a0, b0, thresholds[0])) rows |= Keep(a0, b0, 0, sums);
        if (Reaches(a1, b1, thresholds[1])) rows |= Keep(a1, b1, 1, sums);
        if (Reaches(a2, b2, thresholds[2])) rows |= Keep(a2, b2, 2, sums);
        if (Reaches(a3, b3, thresholds[3])) rows |= Keep(a3, b3, 3, sums);
        if (Reaches(a4, b4, thresholds[4])) rows |= Keep(a4, b4, 4, sums);
        if (Reaches(a5, b5, thresholds[5])) rows |= Keep(a5, b5, 5, sums);
        if (Reaches(a6, b6, thresholds[6])) rows |= Keep(a6, b6, 6, sums);
        if (Reaches(a7, b7, thresholds[7])) rows |= Keep(a7, b7, 7, sums);
        if (Reaches(a8, b8, thresholds[8])) rows |= Keep(a8, b8, 8, sums);
        if (Reaches(a9, b9, thresholds[9])) rows |= Keep(a9, b9, 9, sums);
        if (Reaches(a10, b10, thresholds[10])) rows |= Keep(a10, b10, 10, sums);
        if (Reaches(a11, b11, thresholds[11])) rows |= Keep(a11, b11, 11, sums);
        return rows;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Reaches(Vector512<int> a, Vector512<int> b, int threshold) =>
        Vector512.GreaterThanOrEqualAny(Vector512.Max(a, b), Vector512.Create(threshold));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Keep(Vector512<int> a, Vector512<int> b, int row, int* sums)
    {
        a.Store(sums + row * ItemPanels.Width);
        b.Store(sums + row * ItemPanels.Width + 16);
        return 1u << row;
    }
}
