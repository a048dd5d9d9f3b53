using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest.Rules;

/// <summary>What was bought, row by row, for what asks when and with what: orders, repeats. What went back as a whole does not count.</summary>
internal static class KeptPurchases
{
    public static PurchaseLog Of(EventOrder order, int items, StageContext context)
    {
        var pointers = new int[order.Users + 1];
        order.ForUsers(context, (from, to) =>
        {
            for (int user = from; user < to; user++)
                for (int p = order.Pointers[user]; p < order.Pointers[user + 1]; p++) pointers[user + 1] += Counts(order, p) ? 1 : 0;
        });
        for (int user = 0; user < order.Users; user++) pointers[user + 1] += pointers[user];
        int count = pointers[^1];
        var (bought, seconds, orders) = (new int[count], new uint[count], order.HasGroups ? new uint[count] : null);
        float[]? prices = order.HasPrices ? new float[count] : null;
        float[]? pieces = order.HasAmounts ? new float[count] : null;
        order.ForUsers(context, (from, to) =>
        {
            var rows = new List<(uint Second, uint Order, int Item, float Price, float Pieces)>();
            for (int user = from; user < to; user++)
            {
                rows.Clear();
                for (int p = order.Pointers[user]; p < order.Pointers[user + 1]; p++)
                {
                    if (!Counts(order, p)) continue;
                    rows.Add((order.Seconds[p], orders is null ? 0 : order.Group(p), order.Items[p], (float)order.Price(p), order.Amounts[p]));
                }
                // Equal rows are interchangeable, so the order of the log says nothing here.
                rows.Sort();
                for (int k = 0; k < rows.Count; k++)
                {
                    int at = pointers[user] + k;
                    (seconds[at], bought[at]) = (rows[k].Second, rows[k].Item);
                    if (orders is not null) orders[at] = rows[k].Order;
                    if (prices is not null) prices[at] = rows[k].Price;
                    if (pieces is not null) pieces[at] = rows[k].Pieces;
                }
            }
        });
        return new PurchaseLog(pointers, bought, seconds, orders, order.HasTime) { Ratings = RatingsOf(order, items), Prices = prices, Pieces = pieces };
    }

    private static bool Counts(EventOrder order, int position) =>
        order.Statuses[position] == RowStatus.Kept && order.Kinds[position] == EventKind.Purchase;

    private static ItemRatings? RatingsOf(EventOrder order, int items)
    {
        ItemRatings? ratings = null;
        for (int p = 0; p < order.Count; p++)
        {
            if (order.Statuses[p] != RowStatus.Kept || order.Kinds[p] != EventKind.Rating) continue;
            ratings ??= new ItemRatings(new int[items], new double[items]);
            ratings.Counts[order.Items[p]]++;
            ratings.Sums[order.Items[p]] += order.Amounts[p];
        }
        return ratings;
    }
}
