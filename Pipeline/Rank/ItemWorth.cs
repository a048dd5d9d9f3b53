using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Rank;

/// <summary>
/// What a purchase of each item is worth, as ln(price); an item whose price is not known, or is none, is worth what the middle one is. A ranker's score becomes
/// <c>ln(chance) + w ln(price)</c>, in whose order the expected revenue of a list is largest where w is 1; below 1 hits count for more.
/// </summary>
internal sealed class ItemWorth
{
    private readonly float[] _logs;

    private readonly double _weight;

    /// <param name="prices">By item.</param>
    /// <param name="weight">w.</param>
    public ItemWorth(ReadOnlySpan<double> prices, double weight)
    {
        _weight = weight;
        double[] known = [.. prices.ToArray().Where(IsPrice).Order()];
        double middle = known.Length == 0 ? 1 : known[known.Length / 2];
        Known = known.Length;
        _logs = new float[prices.Length];
        for (int item = 0; item < _logs.Length; item++) _logs[item] = (float)Math.Log(IsPrice(prices[item]) ? prices[item] : middle);
    }

    /// <summary>Items whose price is known.</summary>
    public int Known { get; }

    public static ItemWorth Of(Catalog catalog, double weight) => new(catalog.Prices, weight);

    /// <summary>Of one purchase.</summary>
    public double Price(int item) => Math.Exp(_logs[item]);

    /// <param name="chances">The chance of a purchase by the ranker's score.</param>
    public float Score(IsotonicRegression chances, int item, float score) => (float)(Math.Log(chances.At(score)) + _weight * _logs[item]);

    private static bool IsPrice(double price) => price > 0 && double.IsFinite(price);
}
