using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Embed.Onnx;

/// <summary>How texts may share a batch without changing each other's bits.</summary>
internal enum RowRule
{
    /// <summary>A row has the same bits in any batch of its length.</summary>
    Any,

    /// <summary>The same bits in any batch of two or more; a text that is left alone gets a second row of padding.</summary>
    TwoOrMore,

    /// <summary>Batches of one size for each length, filled up with padding.</summary>
    Full,

    /// <summary>Rows depend on each other, as where activations are quantized over a whole batch: every text runs alone.</summary>
    Alone,
}

/// <summary>
/// Finds out by trying: one text alone, then among others that are drawn at random, at several places. Padding inside of a text is not a question, since a
/// batch has texts of one length only.
/// </summary>
internal static class RowIndependence
{
    public static RowRule Of(ITextGraph session, int vocabulary, int maxLength)
    {
        bool single = true;
        foreach (int length in (int[])[Math.Min(4, maxLength), Math.Min(11, maxLength), Math.Min(33, maxLength)])
        {
            var random = new SplitMix64((ulong)length, "rows");
            var ids = new int[13 * length];
            for (int i = 0; i < ids.Length; i++) ids[i] = random.NextInt(vocabulary);
            float[] Row(int first, int rows, int row) => session.Run(ids.AsSpan(first * length, rows * length), rows, length).Row(row).ToArray();

            var all = Row(0, 13, 7);
            if (!Same(all, Row(5, 3, 2)) || !Same(all, Row(7, 2, 0)) || !Same(all, Row(2, 6, 5))) return RowRule.Alone;
            single &= Same(all, Row(7, 1, 0));
        }
        return single ? RowRule.Any : RowRule.TwoOrMore;
    }

    private static bool Same(float[] a, float[] b) =>
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(a.AsSpan()).SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes(b.AsSpan()));
}
