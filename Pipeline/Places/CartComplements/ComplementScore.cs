namespace Recsys.Batch.Pipeline.Places.CartComplements;

/// <summary>
/// How complements are ranked: the share of an item's orders that hold the complement too, times the logarithm of the lift. A share alone puts best sellers
/// first, which go with everything; a lift alone, what is rare. Chosen among others on a window before the hold-out (docs/places.md).
/// </summary>
internal static class ComplementScore
{
    /// <param name="support">Orders with both.</param>
    /// <param name="expected">Orders that chance would give both; fewer than <paramref name="support"/>.</param>
    /// <param name="orders">Orders with the item.</param>
    public static double Of(int support, double expected, int orders) => (double)support / orders * Math.Log(support / expected);
}
