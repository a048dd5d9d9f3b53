using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Rank.Features;

/// <summary>Share of the user's items that are of the candidate's most general category; missing where it has none.</summary>
internal sealed class CategoryShare(int[] categories) : IRankFeature
{
    public static readonly FeatureDefinition Definition = new("category", of =>
        Array.Exists(of.Catalog.Categories, c => c is not null) ? new CategoryShare(new CategoryPaths(of.Catalog).Top) : null);

    public void Fill(RankedUser user, Span<float> values) => Of(categories, user, values);

    /// <param name="groups">An item's group, -1 where it has none.</param>
    internal static void Of(int[] groups, RankedUser user, Span<float> values)
    {
        var counts = new Dictionary<int, int>();
        foreach (int item in user.History)
            if (groups[item] >= 0) counts[groups[item]] = counts.GetValueOrDefault(groups[item]) + 1;
        for (int k = 0; k < values.Length; k++)
        {
            int group = groups[user.Items[k]];
            values[k] = group < 0 ? float.NaN : user.History.Length == 0 ? 0 : counts.GetValueOrDefault(group) / (float)user.History.Length;
        }
    }
}

/// <summary>Share of the user's items that are of the candidate's brand; missing where it has none.</summary>
internal sealed class BrandShare(int[] brands) : IRankFeature
{
    public static readonly FeatureDefinition Definition = new("brand", of =>
        Array.Exists(of.Catalog.Brands, b => b is not null) ? new BrandShare(Numbered(of.Catalog.Brands)) : null);

    public void Fill(RankedUser user, Span<float> values) => CategoryShare.Of(brands, user, values);

    private static int[] Numbered(string?[] names)
    {
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        var numbers = new int[names.Length];
        for (int item = 0; item < names.Length; item++)
        {
            if (names[item] is not { } name) numbers[item] = -1;
            else if (!known.TryGetValue(name, out numbers[item])) known[name] = numbers[item] = known.Count;
        }
        return numbers;
    }
}

/// <summary>ln(price) less the mean ln(price) of the user's items: dearer than usual is above 0; missing where either price is.</summary>
internal sealed class PriceLevel(double[] prices) : IRankFeature
{
    public static readonly FeatureDefinition Definition = new(
        "price against the user's", of => Known(of.Catalog.Prices) ? new PriceLevel(of.Catalog.Prices) : null);

    public void Fill(RankedUser user, Span<float> values) => Of(prices, user, values);

    internal static bool Known(double[] prices) => Array.Exists(prices, p => p > 0);

    internal static void Of(double[] prices, RankedUser user, Span<float> values)
    {
        double sum = 0;
        int count = 0;
        foreach (int item in user.History)
        {
            if (!(prices[item] > 0)) continue;
            sum += Math.Log(prices[item]);
            count++;
        }
        for (int k = 0; k < values.Length; k++)
        {
            double price = prices[user.Items[k]];
            values[k] = count > 0 && price > 0 ? (float)(Math.Log(price) - sum / count) : float.NaN;
        }
    }
}

/// <summary>The same, either way: how unusual the price is for the user.</summary>
internal sealed class PriceDistance(double[] prices) : IRankFeature
{
    public static readonly FeatureDefinition Definition = new(
        "distance of the price", of => PriceLevel.Known(of.Catalog.Prices) ? new PriceDistance(of.Catalog.Prices) : null);

    public void Fill(RankedUser user, Span<float> values)
    {
        PriceLevel.Of(prices, user, values);
        foreach (ref float value in values) value = Math.Abs(value);
    }
}

/// <summary>
/// ln(price) itself, where the order is for revenue, or ln(margin), where it is for margin: chances are multiplied by it then, so they have to be right at each
/// price, whatever prices the user is used to. Missing where it is not known; a margin of 0 or less is the least one above 0.
/// </summary>
internal sealed class Price(double[] prices) : IRankFeature
{
    public static readonly FeatureDefinition Definition = new(
        "price", of => of.ForRevenue && PriceLevel.Known(of.Catalog.Prices) ? new Price(of.Catalog.Prices) : null);

    public static readonly FeatureDefinition OfMargins = new(
        "margin", of => of.Catalog.Margins is { } margins && PriceLevel.Known(margins) ? new Price(Raised(margins)) : null);

    public void Fill(RankedUser user, Span<float> values)
    {
        for (int k = 0; k < values.Length; k++) values[k] = prices[user.Items[k]] is > 0 and var price ? (float)Math.Log(price) : float.NaN;
    }

    private static double[] Raised(double[] margins)
    {
        double least = margins.Where(m => m > 0).Min();
        return Array.ConvertAll(margins, m => m <= 0 ? least : m);
    }
}
