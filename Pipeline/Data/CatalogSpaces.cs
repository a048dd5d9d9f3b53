using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Data;

/// <summary>Spaces made from what the catalog says of items, so that likeness by category and by price is a cosine as well.</summary>
internal static class CatalogSpaces
{
    /// <summary>Categories that have a coordinate of their own; further ones share them, half of those with the sign turned.</summary>
    private const int MostCoordinates = 256;

    /// <summary>
    /// An item is the sum of its category and those above it, so the cosine of two is the number of levels that they share over the geometric mean of their
    /// levels: 1 in one category, 0 where they share none, unless there are more categories than coordinates. An item without a category is alike to none. Null
    /// where no item has one.
    /// </summary>
    public static EmbeddingTable? OfCategories(Catalog catalog)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var levels = new List<int>[catalog.Items];
        for (int item = 0; item < catalog.Items; item++)
        {
            levels[item] = [];
            if (string.IsNullOrEmpty(catalog.Categories[item])) continue;
            string path = "";
            foreach (string level in catalog.Categories[item]!.Split('/'))
            {
                path += "/" + level;
                if (!numbers.TryGetValue(path, out int number)) numbers[path] = number = numbers.Count;
                levels[item].Add(number);
            }
        }
        if (numbers.Count == 0) return null;
        var rows = new FactorMatrix(catalog.Items, Math.Min(numbers.Count, MostCoordinates));
        for (int item = 0; item < catalog.Items; item++)
            foreach (int number in levels[item]) rows.Row(item)[number % MostCoordinates] += number / MostCoordinates % 2 == 0 ? 1 : -1;
        return EmbeddingTable.Normalize(rows);
    }

    /// <summary>
    /// A price's place among the catalog's, 0 (the lowest) to 1, as an angle of a quarter turn: the cosine is 1 at one price and 0 between the lowest and the
    /// highest. Places do not depend on the currency or on a few dear items. Null where no item has a price.
    /// </summary>
    public static EmbeddingTable? OfPrices(Catalog catalog)
    {
        double[] known = [.. catalog.Prices.Where(p => p > 0).Order()];
        if (known.Length == 0) return null;
        var rows = new FactorMatrix(catalog.Items, 2);
        for (int item = 0; item < catalog.Items; item++)
        {
            if (!(catalog.Prices[item] > 0)) continue;
            int below = LowerBound(known, catalog.Prices[item]), upTo = LowerBound(known, double.BitIncrement(catalog.Prices[item]));
            double place = known.Length == 1 ? 0 : (below + upTo - 1) / 2.0 / (known.Length - 1);
            (rows.Row(item)[0], rows.Row(item)[1]) = ((float)Math.Cos(place * Math.PI / 2), (float)Math.Sin(place * Math.PI / 2));
        }
        return EmbeddingTable.Normalize(rows);
    }

    /// <summary>The mean of cosines by weight, as a cosine: rows side by side, each times the root of its weight. Null where no part has a weight.</summary>
    public static EmbeddingTable? Mixed(params (double Weight, EmbeddingTable? Items)[] parts)
    {
        (double Weight, EmbeddingTable Items)[] used = [.. parts.Where(p => p.Weight > 0 && p.Items is not null).Select(p => (p.Weight, p.Items!))];
        if (used.Length == 0) return null;
        var rows = new FactorMatrix(used.Max(p => p.Items.Items), used.Sum(p => p.Items.Dimension));
        int at = 0;
        foreach (var (weight, items) in used)
        {
            float root = (float)Math.Sqrt(weight);
            for (int item = 0; item < items.Items; item++)
            {
                var from = items.Vectors.Row(item);
                var to = rows.Row(item)[at..];
                for (int k = 0; k < from.Length; k++) to[k] = root * from[k];
            }
            at += items.Dimension;
        }
        return EmbeddingTable.Normalize(rows);
    }

    private static int LowerBound(double[] ascending, double value)
    {
        int at = Array.BinarySearch(ascending, value);
        if (at < 0) return ~at;
        while (at > 0 && ascending[at - 1] == value) at--;
        return at;
    }
}
