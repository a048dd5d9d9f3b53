using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Experiment;

/// <summary>Which order each purchase is of, what it brought, and what each customer ordered within a time.</summary>
internal sealed class CustomerOrders
{
    private readonly PurchaseLog _log;

    private CustomerOrders(PurchaseLog log, int[] orders, double[] values) => (_log, Orders, Values) = (log, orders, values);

    /// <summary>Number of the order by purchase; those of one customer are theirs alone.</summary>
    public int[] Orders { get; }

    /// <summary>What was paid, by purchase; 0 where nothing is known of it.</summary>
    public double[] Values { get; }

    /// <summary>Whether the log or the catalog knows any price.</summary>
    public bool HasRevenue { get; private init; }

    /// <param name="prices">By item, NaN where unknown: for purchases whose row has none.</param>
    /// <param name="minutes">What may lie between two rows of an order that has no id.</param>
    public static CustomerOrders Of(PurchaseLog log, double[] prices, double minutes)
    {
        var (orders, values) = (new int[log.Count], new double[log.Count]);
        var known = new Dictionary<uint, int>();
        int number = 0;
        bool priced = false;
        for (int user = 0; user < log.Users; user++)
        {
            known.Clear();
            int session = -1;
            uint last = 0;
            for (int at = log.Pointers[user]; at < log.Pointers[user + 1]; at++)
            {
                uint id = log.Orders?[at] ?? 0, second = log.Seconds[at];
                if (id != 0)
                {
                    if (!known.TryGetValue(id, out int order)) known[id] = order = number++;
                    orders[at] = order;
                }
                else
                {
                    if (session < 0 || second - last > minutes * 60) session = number++;
                    (orders[at], last) = (session, second);
                }
                double price = log.Prices?[at] ?? double.NaN;
                if (double.IsNaN(price)) price = prices[log.Items[at]];
                if (double.IsNaN(price)) continue;
                priced = true;
                values[at] = price * (log.Pieces?[at] ?? 1);
            }
        }
        return new CustomerOrders(log, orders, values) { HasRevenue = priced };
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
