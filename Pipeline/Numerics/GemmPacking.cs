using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>Copies parts of A and B into the order in which the tile reads them, padded with zeros to whole panels.</summary>
internal static unsafe class GemmPacking
{
    /// <summary>
    /// Packs <paramref name="count"/> vectors of <paramref name="depth"/> elements into panels of <paramref name="width"/> vectors:
    /// step k of a panel holds element k of each of its vectors. Vector i starts at <c>from + i * vectorStride</c>.
    /// Panels of six need room for two floats behind the last.
    /// </summary>
    public static void Pack(float* from, nint vectorStride, nint stepStride, nint count, nint depth, int width, float* to)
    {
        for (nint first = 0; first < count; first += width, to += depth * width)
        {
            nint here = Math.Min(width, count - first);
            float* panel = from + first * vectorStride;
            if (vectorStride == 1) CopySteps(panel, stepStride, here, depth, width, to);
            else Interleave(panel, vectorStride, stepStride, here, depth, width, to);
        }
    }

    private static void CopySteps(float* from, nint stepStride, nint here, nint depth, int width, float* to)
    {
        if (here == width && width > 2)
        {
            CopyWhole(from, stepStride, depth, width, to);
            return;
        }
        for (nint k = 0; k < depth; k++, from += stepStride, to += width)
        {
            new ReadOnlySpan<float>(from, (int)here).CopyTo(new Span<float>(to, width));
            if (here < width) new Span<float>(to + here, width - (int)here).Clear();
        }
    }

    /// <summary>Widths 6, 14, 16 and 32 are two vectors, which overlap where the width is not a multiple.</summary>
    private static void CopyWhole(float* from, nint stepStride, nint depth, int width, float* to)
    {
        for (nint k = 0; k < depth; k++, from += stepStride, to += width)
        {
            if (width > 16)
            {
                Vector512.Load(from).Store(to);
                Vector512.Load(from + width - 16).Store(to + width - 16);
            }
            else if (width > 8)
            {
                Vector256.Load(from).Store(to);
                Vector256.Load(from + width - 8).Store(to + width - 8);
            }
            else
            {
                Vector128.Load(from).Store(to);
                Vector128.Load(from + width - 4).Store(to + width - 4);
            }
        }
    }

    private static void Interleave(float* from, nint vectorStride, nint stepStride, nint here, nint depth, int width, float* to)
    {
        if (here == width && width >= 6 && stepStride == 1 && Avx.IsSupported)
        {
            // The last block of eight overlaps the one before where the width is not a multiple.
            nint whole = depth / 8 * 8;
            for (nint v = 0; v < width; v = v + 8 < width ? Math.Min(v + 8, width - 8) : width)
                for (nint k = 0; k < whole; k += 8)
                    Transpose8(from + v * vectorStride + k, vectorStride, to + k * width + v, width);
            from += whole;
            to += whole * width;
            depth -= whole;
        }
        if (here < width) new Span<float>(to, checked((int)(depth * width))).Clear();
        nint i = 0;
        for (; i + 2 <= here; i += 2)
        {
            float* v0 = from + i * vectorStride;
            float* v1 = v0 + vectorStride;
            float* at = to + i;
            for (nint k = 0; k < depth; k++, at += width)
            {
                at[0] = v0[k * stepStride];
                at[1] = v1[k * stepStride];
            }
        }
        for (; i < here; i++)
        {
            float* v = from + i * vectorStride;
            for (nint k = 0; k < depth; k++) to[k * width + i] = v[k * stepStride];
        }
    }

    /// <summary>Of a panel of six vectors, each step's two floats too many are overwritten by the next step, at last by what is packed behind it.</summary>
    private static void Transpose8(float* from, nint fromStride, float* to, nint toStride)
    {
        // Pairs of rows, then pairs of pairs, then the halves of the registers.
        var r0 = Vector256.Load(from);
        var r1 = Vector256.Load(from + fromStride);
        var r2 = Vector256.Load(from + 2 * fromStride);
        var r3 = Vector256.Load(from + 3 * fromStride);
        var r4 = Vector256.Load(from + 4 * fromStride);
        var r5 = Vector256.Load(from + 5 * fromStride);
        var r6 = toStride > 6 ? Vector256.Load(from + 6 * fromStride) : default;
        var r7 = toStride > 6 ? Vector256.Load(from + 7 * fromStride) : default;
        var a0 = Avx.UnpackLow(r0, r1);
        var a1 = Avx.UnpackHigh(r0, r1);
        var a2 = Avx.UnpackLow(r2, r3);
        var a3 = Avx.UnpackHigh(r2, r3);
        var a4 = Avx.UnpackLow(r4, r5);
        var a5 = Avx.UnpackHigh(r4, r5);
        var a6 = Avx.UnpackLow(r6, r7);
        var a7 = Avx.UnpackHigh(r6, r7);
        var b0 = Avx.Shuffle(a0, a2, 0x44);
        var b1 = Avx.Shuffle(a0, a2, 0xEE);
        var b2 = Avx.Shuffle(a1, a3, 0x44);
        var b3 = Avx.Shuffle(a1, a3, 0xEE);
        var b4 = Avx.Shuffle(a4, a6, 0x44);
        var b5 = Avx.Shuffle(a4, a6, 0xEE);
        var b6 = Avx.Shuffle(a5, a7, 0x44);
        var b7 = Avx.Shuffle(a5, a7, 0xEE);
        Avx.Permute2x128(b0, b4, 0x20).Store(to);
        Avx.Permute2x128(b1, b5, 0x20).Store(to + toStride);
        Avx.Permute2x128(b2, b6, 0x20).Store(to + 2 * toStride);
        Avx.Permute2x128(b3, b7, 0x20).Store(to + 3 * toStride);
        Avx.Permute2x128(b0, b4, 0x31).Store(to + 4 * toStride);
        Avx.Permute2x128(b1, b5, 0x31).Store(to + 5 * toStride);
        Avx.Permute2x128(b2, b6, 0x31).Store(to + 6 * toStride);
        Avx.Permute2x128(b3, b7, 0x31).Store(to + 7 * toStride);
    }
}
