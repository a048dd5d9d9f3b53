using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Places.BuyItAgain;

/// <summary>
/// When a customer buys an item again: the Poisson-Gamma model of Bhagat, Muralidharan, Lobzhanidze and Vishwanath 2018, "Buy It Again: Modeling Repeat
/// Purchase Recommendations" (KDD). Purchases of a pair are a Poisson process whose rate has a Gamma prior around the item's usual gap. The first purchase
/// begins the time that is watched and says nothing of the rate, so after k days of purchases it is <c>(k - 1 + a) / (time watched + a x usual gap)</c>; they
/// have <c>k + a</c>, which takes one purchase of last week for a customer who comes weekly. The probability of a purchase within the horizon is multiplied by
/// the share of the item's customers who ever buy it again.
/// </summary>
internal sealed class RepeatClock
{
    /// <summary>Customers of the usual share beside an item's own.</summary>
    private const double PriorCustomers = 20;

    /// <summary>Gaps of the usual length beside an item's own.</summary>
    private const double PriorGaps = 5;

    private readonly BuyItAgainOptions _options;

    private RepeatClock(BuyItAgainOptions options, double[] shares, double[] gaps, int[] customers, int today) =>
        (_options, Shares, Gaps, Customers, Today) = (options, shares, gaps, customers, today);

    /// <summary>Share of an item's customers who bought it on another day again, drawn towards that of all items.</summary>
    public double[] Shares { get; }

    /// <summary>Days between two purchases of a customer, drawn towards those of all items; NaN where nothing was ever bought again.</summary>
    public double[] Gaps { get; }

    public int[] Customers { get; }

    /// <summary>The last day of the log, in days since 1970.</summary>
    public int Today { get; }

    public static RepeatClock Of(PurchaseLog log, int items, BuyItAgainOptions options)
    {
        var (customers, repeaters, gaps, days) = (new int[items], new int[items], new long[items], new long[items]);
        var purchases = new PurchaseDays(log);
        for (int user = 0; user < log.Users; user++)
        {
            foreach (var pair in purchases.Of(user))
            {
                customers[pair.Item]++;
                if (pair.Days == 1) continue;
                repeaters[pair.Item]++;
                gaps[pair.Item] += pair.Days - 1;
                days[pair.Item] += pair.Last - pair.First;
            }
        }
        double share = repeaters.Sum(r => (double)r) / Math.Max(1, customers.Sum(c => (double)c));
        double gap = days.Sum() / (double)gaps.Sum();
        return new RepeatClock(
            options,
            [.. Enumerable.Range(0, items).Select(i => (repeaters[i] + PriorCustomers * share) / (customers[i] + PriorCustomers))],
            [.. Enumerable.Range(0, items).Select(i => (days[i] + PriorGaps * gap) / (gaps[i] + PriorGaps))],
            customers, (int)(log.Last / PurchaseDays.SecondsADay));
    }

    /// <summary>Whether the item is one of those that are bought again.</summary>
    public bool Repeats(int item) => Customers[item] >= _options.MinCustomers && Shares[item] >= _options.MinRepeatShare && Gaps[item] > 0;

    /// <summary>The probability of a purchase within the horizon.</summary>
    public double Score(PairDays pair)
    {
        double rate = (pair.Days - 1 + _options.PriorPurchases) / (Today - pair.First + _options.PriorPurchases * Gaps[pair.Item]);
        return Shares[pair.Item] * (1 - Math.Exp(-rate * _options.HorizonDays));
    }

    /// <summary>The day, since 1970, on which the customer's usual gap is over; it may have passed.</summary>
    public int Due(PairDays pair)
    {
        double gap = (pair.Last - pair.First + _options.PriorPurchases * Gaps[pair.Item]) / (pair.Days - 1 + _options.PriorPurchases);
        return pair.Last + (int)Math.Round(gap, MidpointRounding.AwayFromZero);
    }
}
