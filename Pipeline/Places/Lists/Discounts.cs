using System.Globalization;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Places.Lists;

/// <summary>
/// What share of its usual price each item costs less. Usual is the list price where a column says it; else the median of what was paid before is laid beside
/// the median of what is paid now, each of three purchases or more. Memory: 4 bytes a purchase.
/// </summary>
internal static class Discounts
{
    private const int MinPurchases = 3;

    /// <summary>By item; NaN where nothing is known.</summary>
    public static double[] ByListPrice(Catalog catalog, string?[] listPrices)
    {
        var discounts = new double[catalog.Items];
        for (int item = 0; item < discounts.Length; item++)
        {
            bool known = double.TryParse(listPrices[item], NumberStyles.Float, CultureInfo.InvariantCulture, out double list) && list > 0
                && double.IsFinite(list) && catalog.Prices[item] >= 0;
            discounts[item] = known ? 1 - catalog.Prices[item] / list : double.NaN;
        }
        return discounts;
    }

    public static double[] ByHistory(PurchaseLog log, int items, ListWindows windows)
    {
        float[] now = Medians(log, items, windows.SaleFrom, uint.MaxValue), usual = Medians(log, items, windows.UsualFrom, windows.SaleFrom);
        return [.. now.Zip(usual, (n, u) => 1 - (double)n / u)];
    }

    /// <summary>The lower median of what was paid from <paramref name="from"/> until before <paramref name="to"/>.</summary>
    private static float[] Medians(PurchaseLog log, int items, uint from, uint to)
    {
        var pointers = new int[items + 1];
        for (int at = 0; at < log.Count; at++)
            if (Counts(at)) pointers[log.Items[at] + 1]++;
        for (int i = 0; i < items; i++) pointers[i + 1] += pointers[i];
        var next = pointers.AsSpan(0, items).ToArray();
        var paid = new float[pointers[items]];
        for (int at = 0; at < log.Count; at++)
            if (Counts(at)) paid[next[log.Items[at]]++] = log.Prices![at];
        var medians = new float[items];
        for (int i = 0; i < items; i++)
        {
            var own = paid.AsSpan(pointers[i], pointers[i + 1] - pointers[i]);
            own.Sort();
            medians[i] = own.Length < MinPurchases ? float.NaN : own[(own.Length - 1) / 2];
        }
        return medians;

        bool Counts(int at) => log.Seconds[at] >= from && log.Seconds[at] < to && log.Prices![at] > 0 && float.IsFinite(log.Prices[at]);
    }
}
