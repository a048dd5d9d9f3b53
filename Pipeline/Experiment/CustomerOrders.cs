using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Experiment;

/// <summary>Which order each purchase is of, what it brought, and what each customer ordered within a time.</summary>
internal sealed class CustomerOrders
{
    private readonly PurchaseLog _log;

    private CustomerOrders(PurchaseLog log, int[] orders, double[] values) => (_log, Orders, Values) = (log, orders, values);

    /// <summary>Number of the order by purchase, as <see cref="OrderNumbers"/> has it.</summary>
    public int[] Orders { get; }

    /// <summary>What was paid, by purchase; 0 where nothing is known of it.</summary>
    public double[] Values { get; }

    /// <summary>Whether the log or the catalog knows any price.</summary>
    public bool HasRevenue { get; private init; }

    /// <param name="prices">By item, NaN where unknown: for purchases whose row has none.</param>
    /// <param name="minutes">What may lie between two rows of an order that has no id.</param>
    public static CustomerOrders Of(PurchaseLog log, double[] prices, double minutes)
    {
        var values = new double[log.Count];
        bool priced = false;
        for (int at = 0; at < log.Count; at++)
        {
            double price = log.Prices?[at] ?? double.NaN;
            if (double.IsNaN(price)) price = prices[log.Items[at]];
            if (double.IsNaN(price)) continue;
            priced = true;
            values[at] = price * (log.Pieces?[at] ?? 1);
        }
        return new CustomerOrders(log, OrderNumbers.Of(log, minutes), values) { HasRevenue = priced };
    }

    /// <summary>Orders and revenue by user, of purchases from <paramref name="from"/> on and before <paramref name="end"/>.</summary>
    public (double[] Orders, double[] Revenue) Totals(long from, long end)
    {
        var (orders, revenue) = (new double[_log.Users], new double[_log.Users]);
        var seen = new HashSet<int>();
        for (int user = 0; user < _log.Users; user++)
        {
            seen.Clear();
            for (int at = _log.Pointers[user]; at < _log.Pointers[user + 1]; at++)
            {
                if (_log.Seconds[at] < from || _log.Seconds[at] >= end) continue;
                seen.Add(Orders[at]);
                revenue[user] += Values[at];
            }
            orders[user] = seen.Count;
        }
        return (orders, revenue);
    }
}
