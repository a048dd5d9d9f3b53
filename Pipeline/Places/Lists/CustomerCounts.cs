using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Places.Lists;

/// <summary>
/// How many of some customers bought each item, each customer once: within the days that make an item popular, of late, and before that. Its memory is used
/// again for the next customers: 24 bytes an item.
/// </summary>
internal sealed class CustomerCounts(PurchaseLog log, int items, ListWindows windows)
{
    private readonly int[] _seen = new int[items], _seenRecent = new int[items], _seenBefore = new int[items];
    private int _stamp;

    public int[] Popular { get; } = new int[items];

    public int[] Recent { get; } = new int[items];

    public int[] Before { get; } = new int[items];

    /// <summary>Customers of all items together.</summary>
    public long RecentTotal { get; private set; }

    public long BeforeTotal { get; private set; }

    public CustomerCounts Of(IEnumerable<int> users)
    {
        Popular.AsSpan().Clear();
        Recent.AsSpan().Clear();
        Before.AsSpan().Clear();
        (RecentTotal, BeforeTotal) = (0, 0);
        foreach (int user in users) Add(user);
        return this;
    }

    private void Add(int user)
    {
        _stamp++;
        for (int at = log.Pointers[user]; at < log.Pointers[user + 1]; at++)
        {
            int item = log.Items[at];
            uint second = log.Seconds[at];
            if (second >= windows.PopularFrom) Popular[item] += Is(_seen, item);
            if (!log.HasTime || second < windows.BeforeFrom) continue;
            if (second >= windows.TrendFrom)
            {
                int one = Is(_seenRecent, item);
                Recent[item] += one;
                RecentTotal += one;
            }
            else
            {
                int one = Is(_seenBefore, item);
                Before[item] += one;
                BeforeTotal += one;
            }
        }
    }

    /// <summary>1 where the customer has not been counted yet.</summary>
    private int Is(int[] seen, int item)
    {
        if (seen[item] == _stamp) return 0;
        seen[item] = _stamp;
        return 1;
    }
}

/// <summary>Where the windows of lists begin, in seconds since 1970. They end with the log.</summary>
/// <param name="NewFrom">Items added from here on are new.</param>
/// <param name="SaleFrom">Prices from here on are those of now.</param>
/// <param name="UsualFrom">Prices from here to <paramref name="SaleFrom"/> are the usual ones.</param>
internal sealed record ListWindows(uint PopularFrom, uint TrendFrom, uint BeforeFrom, uint NewFrom, uint SaleFrom, uint UsualFrom)
{
    private const int UsualDays = 182;

    public static ListWindows Of(PurchaseLog log, ListsOptions options)
    {
        if (!log.HasTime) return new ListWindows(0, 0, 0, 0, 0, 0);
        return new ListWindows(
            Before(options.PopularDays), Before(options.TrendDays), Before(4 * options.TrendDays), Before(options.NewDays), Before(options.SaleDays),
            Before(options.SaleDays + UsualDays));

        uint Before(int days) => (uint)Math.Max(0, log.Last + 1L - days * 86_400L);
    }
}
