using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>Item factors in float32, 32 items side by side, factor after factor. Memory: items x rank x 4 bytes.</summary>
internal sealed unsafe class ItemPanels
{
    public const int Width = 32;

    private readonly AlignedFloats _values;
    private readonly int _rank;

    public ItemPanels(FactorMatrix factors, NormOrder order)
    {
        _rank = factors.Rank;
        _values = new AlignedFloats((long)order.Panels * _rank * Width);
        for (int at = 0; at < order.Count; at++)
        {
            var row = factors.Row(order[at]);
            float* lane = Panel(at / Width) + at % Width;
            for (int k = 0; k < row.Length; k++) lane[k * Width] = row[k];
        }
    }

    public float* Panel(int panel) => _values.Pointer + (long)panel * _rank * Width;
}
