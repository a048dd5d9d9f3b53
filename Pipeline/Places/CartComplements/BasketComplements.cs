namespace Recsys.Batch.Pipeline.Places.CartComplements;

/// <summary>The complements of several items together: the sum of what each of them brings in. What lies in the basket already is left out.</summary>
internal static class BasketComplements
{
    /// <typeparam name="T">What names an item: an index, or an id.</typeparam>
    /// <param name="complements">Of the items of a basket, item by item: complement and score.</param>
    /// <returns>Best first; of equals the one that <paramref name="order"/> puts first.</returns>
    public static IReadOnlyList<(T Item, double Score)> Of<T>(
        IReadOnlyCollection<T> basket, IEnumerable<(T Item, double Score)> complements, int count, IComparer<T> order) where T : notnull
    {
        var sums = new Dictionary<T, double>();
        var mine = basket.ToHashSet();
        foreach (var (item, score) in complements)
            if (!mine.Contains(item)) sums[item] = sums.GetValueOrDefault(item) + score;
        return [.. sums.Select(s => (Item: s.Key, Score: s.Value)).OrderByDescending(s => s.Score).ThenBy(s => s.Item, order).Take(count)];
    }
}
