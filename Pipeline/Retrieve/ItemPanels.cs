using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// The allowed items' factors in panels of 32, factor after factor, by descending norm: the strongest items come first, raise every user's threshold, and let
/// the rest be skipped from the panel on whose norms cannot reach it (Teflioudi, Gemulla and Mykytiuk 2015). Memory: items x rank x 4 bytes.
/// </summary>
internal sealed unsafe class ItemPanels
{
    public const int Width = 32;

    private readonly AlignedFloats _values;
    private readonly int[] _items;
    private readonly int* _item;
    private readonly float[] _norms;

    public ItemPanels(FactorMatrix factors, bool[]? allowed)
    {
        Rank = factors.Rank;
        var norms = Norms(factors);
        var order = Enumerable.Range(0, factors.Rows).Where(i => allowed is null || allowed[i]).OrderByDescending(i => norms[i]).ThenBy(i => i).ToArray();
        Count = (order.Length + Width - 1) / Width;
        _values = new AlignedFloats((long)Count * Rank * Width);
        _items = GC.AllocateArray<int>(Count * Width, pinned: true);
        fixed (int* at = _items) _item = at;
        _items.AsSpan().Fill(-1);
        order.CopyTo(_items, 0);
        _norms = new float[Count];
        float* to = _values.Pointer;
        for (int at = 0; at < order.Length; at++)
        {
            var row = factors.Row(order[at]);
            float* lane = to + (long)(at / Width) * Rank * Width + at % Width;
            for (int k = 0; k < row.Length; k++) lane[k * Width] = row[k];
            if (at % Width == 0) _norms[at / Width] = (float)norms[order[at]];
        }
        GreatestNorm = order.Length == 0 ? 0 : norms[order[0]];
    }

    public int Rank { get; }

    /// <summary>Number of panels.</summary>
    public int Count { get; }

    public double GreatestNorm { get; }

    public float* Panel(int panel) => _values.Pointer + (long)panel * Rank * Width;

    /// <summary>The items of a panel; -1 pads the last one.</summary>
    public int* ItemsOf(int panel) => _item + panel * Width;

    /// <summary>No item of this panel or a later one has a greater norm.</summary>
    public float Norm(int panel) => _norms[panel];

    public static double[] Norms(FactorMatrix factors)
    {
        var norms = new double[factors.Rows];
        for (int i = 0; i < norms.Length; i++)
        {
            double square = 0;
            foreach (float x in factors.Row(i)) square += (double)x * x;
            norms[i] = Math.Sqrt(square);
        }
        return norms;
    }
}
