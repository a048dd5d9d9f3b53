using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Train.Trend;

/// <summary>What an item's trend multiplies its scores by (<see cref="TrendOptions"/>).</summary>
internal static class TrendFactors
{
    private const double SecondsPerDay = 86_400;

    // A year after 1970: what lies below is a place in an order, not a moment.
    private const uint FirstMoment = 31_536_000;

    /// <summary>Whether pairs have moments that can be compared between users: not so where a log has none, or only each user's order.</summary>
    public static bool Applies(InteractionMatrix interactions) => interactions.LastSeen is { Length: > 0 } seen && seen.Max() >= FirstMoment;

    /// <summary>Days from the first pair to the last; a hundredth of the pairs may be older, so that a stray one does not stretch it.</summary>
    public static double SpanDays(InteractionMatrix interactions)
    {
        var sorted = (uint[])interactions.LastSeen!.Clone();
        Array.Sort(sorted);
        return (sorted[^1] - sorted[sorted.Length / 100]) / SecondsPerDay;
    }

    /// <summary>One factor an item, above 0, at most 1. An item without a pair has the factor of one of whose pairs a tenth are recent.</summary>
    /// <param name="interactions">With moments (<see cref="Applies"/>).</param>
    public static float[] Of(InteractionMatrix interactions, double halfLifeDays, double exponent)
    {
        var seen = interactions.LastSeen!;
        var items = interactions.ByUser.Indices;
        uint newest = seen.Max();
        var recent = new double[interactions.Items];
        var all = new int[interactions.Items];
        double perSecond = -1 / (halfLifeDays * SecondsPerDay);
        for (int k = 0; k < interactions.Count; k++)
        {
            recent[items[k]] += Math.Pow(2, (newest - seen[k]) * perSecond);
            all[items[k]]++;
        }
        var factors = new float[interactions.Items];
        for (int item = 0; item < factors.Length; item++) factors[item] = (float)Math.Pow((recent[item] + 0.1) / (all[item] + 1), exponent);
        return factors;
    }
}
