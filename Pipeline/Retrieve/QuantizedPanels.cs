using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// Item factors in 16-bit integers, 32 items side by side, pair of factors after pair. A panel has one scale, which takes its greatest norm to
/// <see cref="Length"/>: by Cauchy-Schwarz no sum of products of two such vectors leaves 32 bits. Memory: items x rank x 2 bytes.
/// </summary>
internal sealed unsafe class QuantizedPanels
{
    /// <summary>Norm, in integer steps, of the longest vector.</summary>
    public const float Length = 32_000;

    /// <summary>A shorter user has this one's step, so that no product of steps leaves float32: its sums say little, and all it might have is scored.</summary>
    public const float ShortestUser = 1e-12f;

    // The same for items, as a share of the longest.
    private const float ShortestShare = 1e-6f;

    private readonly AlignedFloats _values;
    private readonly float[] _norms;

    public QuantizedPanels(FactorMatrix factors, NormOrder order)
    {
        Pairs = (factors.Rank + 1) / 2;
        _values = new AlignedFloats((long)order.Panels * Pairs * ItemPanels.Width);
        _norms = new float[order.Panels];
        for (int panel = 0; panel < order.Panels; panel++) _norms[panel] = Floored(order.Norm(panel), order.Norm(0));
        for (int at = 0; at < order.Count; at++)
        {
            int panel = at / ItemPanels.Width;
            var row = factors.Row(order[at]);
            short* lane = Panel(panel) + at % ItemPanels.Width * 2;
            for (int k = 0; k < row.Length; k++) lane[k / 2 * 2 * ItemPanels.Width + k % 2] = Round(row[k], Step(panel));
        }
    }

    /// <summary>Pairs of factors; an odd rank is padded with a zero.</summary>
    public int Pairs { get; }

    public short* Panel(int panel) => (short*)_values.Pointer + (long)panel * Pairs * 2 * ItemPanels.Width;

    /// <summary>The norm that a panel's step is made of; none of its items has a greater one.</summary>
    public float Norm(int panel) => _norms[panel];

    /// <summary>What one integer step stands for in the panel.</summary>
    public float Step(int panel) => StepOf(_norms[panel]);

    private static float Floored(float norm, float longest) => norm > ShortestShare * longest ? norm : longest > 0 ? ShortestShare * longest : 1;

    public static float StepOf(float norm) => norm / Length;

    public static short Round(float value, float step) => (short)MathF.Round(value / step);

    /// <summary>Whether products of steps made of such norms are far from float32's ends.</summary>
    public static bool Suits(double longestItem) => longestItem is > 1e-9 and < 1e9;

    /// <summary>
    /// How far a product of quantized vectors may lie from the float32 score, as a share of the product of the norms that their steps were made of: half a step
    /// a factor on either side (Cauchy-Schwarz), their product, and the rounding of the float32 chain and of the way back from integers.
    /// </summary>
    public static double ErrorShare(int rank)
    {
        double residual = 0.51 * Math.Sqrt(rank) / Length;
        return 2 * residual + residual * residual + (rank + 16) * 1.3e-7;
    }
}
