using System.Runtime.Intrinsics;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>Copies parts of A and B into the order in which the tile reads them, padded with zeros to whole panels.</summary>
internal static unsafe class GemmPacking
{
    /// <summary>
    /// Packs <paramref name="count"/> vectors of <paramref name="depth"/> elements into panels of <paramref name="width"/> vectors:
    /// step k of a panel holds element k of each of its vectors. Vector i starts at <c>from + i * vectorStride</c>.
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

    /// <summary>Widths 6, 14, 16 and 32 are two vectors, which overlap where the width is no multiple.</summary>
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
}
