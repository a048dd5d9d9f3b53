namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// The allowed items by descending norm, ties by index, in panels of 32: the strongest items come first, raise every user's threshold, and let the rest be
/// skipped from the panel on whose norms cannot reach it (Teflioudi, Gemulla and Mykytiuk 2015).
/// </summary>
internal sealed unsafe class NormOrder
{
    private readonly int[] _items;
    private readonly float[] _norms;
    private readonly int* _item;

    public NormOrder(double[] norms, bool[]? allowed)
    {
        var order = Enumerable.Range(0, norms.Length).Where(i => allowed is null || allowed[i]).OrderByDescending(i => norms[i]).ThenBy(i => i).ToArray();
        Panels = (order.Length + ItemPanels.Width - 1) / ItemPanels.Width;
        Count = order.Length;
        _items = GC.AllocateArray<int>(Panels * ItemPanels.Width, pinned: true);
        _items.AsSpan().Fill(-1);
        order.CopyTo(_items, 0);
        _norms = new float[Panels];
        // Rounded up: a bound must not lie below what it bounds.
        for (int panel = 0; panel < Panels; panel++) _norms[panel] = MathF.BitIncrement((float)norms[order[panel * ItemPanels.Width]]);
        fixed (int* at = _items) _item = at;
    }

    public int Panels { get; }

    /// <summary>Items, without padding.</summary>
    public int Count { get; }

    public int this[int position] => _items[position];

    /// <summary>The items of a panel; -1 pads the last one.</summary>
    public int* ItemsOf(int panel) => _item + panel * ItemPanels.Width;

    /// <summary>No item of this panel or a later one has a greater norm.</summary>
    public float Norm(int panel) => _norms[panel];

    public static double Norm(ReadOnlySpan<float> row)
    {
        double square = 0;
        foreach (float x in row) square += (double)x * x;
        return Math.Sqrt(square);
    }
}
