using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Rank;

/// <summary>
/// What a purchase of each item is worth, its price or its margin, as ln(worth); an item of which that is not known is worth what the middle one is. A ranker's
/// score becomes <c>ln(chance) + w ln(worth)</c>, in whose order a list's expected revenue or margin is largest where w is 1; below 1 hits count for more.
/// </summary>
internal sealed class ItemWorth
{
    private readonly double[] _values;

    private readonly float[] _logs;

    private readonly double _weight;

    /// <param name="values">By item.</param>
    /// <param name="weight">w.</param>
    /// <param name="losses">
    /// Whether 0 and less are values, as of margins: they stand in the order like the least one above 0. Else they are unknown, as of prices.
    /// </param>
    public ItemWorth(ReadOnlySpan<double> values, double weight, bool losses = false)
    {
        _weight = weight;
        double[] known = [.. values.ToArray().Where(v => double.IsFinite(v) && (losses || v > 0)).Order()];
        double middle = known.Length == 0 ? 1 : known[known.Length / 2], least = Array.Find(known, v => v > 0);
        Known = least > 0 ? known.Length : 0;
        _values = [.. values.ToArray().Select(v => double.IsFinite(v) && (losses || v > 0) ? v : middle)];
        _logs = Array.ConvertAll(_values, v => (float)Math.Log(Math.Max(v, least)));
    }

    /// <summary>Items of which it is known; 0 where none of them is worth more than 0.</summary>
    public int Known { get; }

    /// <summary>By margins where the catalog has them, else by prices.</summary>
    public static ItemWorth Of(Catalog catalog, double weight) =>
        catalog.Margins is { } margins ? new(margins, weight, losses: true) : new(catalog.Prices, weight);

    /// <summary>Of one purchase.</summary>
    public double Of(int item) => _values[item];

    /// <param name="chances">The chance of a purchase by the ranker's score.</param>
    public float Score(IsotonicRegression chances, int item, float score) => (float)(Math.Log(chances.At(score)) + _weight * _logs[item]);
}
