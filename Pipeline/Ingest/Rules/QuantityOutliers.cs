using System.Globalization;
using Recsys.Batch.Pipeline.Ingest.Reading;

namespace Recsys.Batch.Pipeline.Ingest.Rules;

/// <summary>
/// Items whose quantities are of another order than those of other items: fuel by the millilitre, screws by the hundred. What counts pieces is theirs, so a
/// person should know of them.
/// </summary>
internal static class QuantityOutliers
{
    /// <summary>How many times the usual quantity, the median over items of an item's median, is of another order.</summary>
    private const double Times = 50;

    private const int LeastPurchases = 3, LeastItems = 5, MostNamed = 5;

    /// <summary>A remark that names them; null where there are none, or no quantities.</summary>
    /// <param name="nameOf">An item's id, with its title where it has one.</param>
    public static string? Remark(EventLog log, int items, Func<int, string> nameOf)
    {
        var medians = Medians(log, items);
        double[] known = [.. medians.Where(m => !double.IsNaN(m)).Order()];
        if (known.Length < LeastItems) return null;
        double usual = known[(known.Length - 1) / 2];
        int[] odd =
        [
            .. Enumerable.Range(0, items).Where(i => medians[i] >= Times * usual && usual > 0).OrderByDescending(i => medians[i]).ThenBy(i => i),
        ];
        if (odd.Length == 0) return null;
        string named = string.Join(
            ", ", odd.Take(MostNamed).Select(i => string.Create(CultureInfo.InvariantCulture, $"{nameOf(i)} with {medians[i]:0.##}")));
        string which = odd.Length > MostNamed ? named + ", ..." : named;
        string found = string.Create(
            CultureInfo.InvariantCulture, $"{odd.Length} items are bought in quantities of another order than the usual {usual:0.##}: {which}.");
        return found + " Lists of newcomers count customers, not pieces; where the quantity of such an item says nothing, set Ingest:QuantityShape to Binary "
            + "or map it in another unit";
    }

    /// <summary>The median quantity of an item's purchases; NaN where there are too few.</summary>
    private static double[] Medians(EventLog log, int items)
    {
        var medians = new double[items];
        Array.Fill(medians, double.NaN);
        if (log.Amounts is null) return medians;
        var pointers = new int[items + 1];
        for (int e = 0; e < log.Count; e++)
            if (IsPurchase(log, e)) pointers[log.Items[e] + 1]++;
        for (int i = 0; i < items; i++) pointers[i + 1] += pointers[i];
        var next = pointers.AsSpan(0, items).ToArray();
        var amounts = new float[pointers[items]];
        for (int e = 0; e < log.Count; e++)
            if (IsPurchase(log, e)) amounts[next[log.Items[e]]++] = log.Amount(e);
        for (int i = 0; i < items; i++)
        {
            var own = amounts.AsSpan(pointers[i], pointers[i + 1] - pointers[i]);
            if (own.Length < LeastPurchases) continue;
            own.Sort();
            medians[i] = own[(own.Length - 1) / 2];
        }
        return medians;
    }

    private static bool IsPurchase(EventLog log, int e) => log.Kinds[e] == EventKind.Purchase && log.Statuses[e] == RowStatus.Kept;
}
