using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Places.Audience;

/// <summary>
/// How likely customers are to buy one of some items within the days ahead: <c>1 - exp(-rate x share)</c>, a Poisson number of purchases of which a share is of
/// those items. The rate is the customer's own, newer purchases counting more, drawn towards that of all (a gamma prior); the share is their own drawn towards
/// what other customers of their items buy (a Dirichlet prior). Memory: 16 bytes a customer and 16 an item.
/// </summary>
internal sealed class PurchaseProbability
{
    private const double SecondsPerDay = 86_400;

    /// <summary>Purchases at the share of all that stand beside those of an item's customers.</summary>
    private const double ItemPrior = 50;

    /// <summary>Days at the rate of all that stand beside a customer's own.</summary>
    private const double RateDays = 30;

    private readonly PurchaseLog _log;
    private readonly AudienceOptions _options;
    private readonly double _days;

    public PurchaseProbability(PurchaseLog log, AudienceOptions options)
    {
        (_log, _options) = (log, options);
        // Days that a customer could have bought on, weighted as purchases are; those of customers since long ago.
        double tau = options.HalfLifeDays / Math.Log(2), all = log.Count == 0 ? 0 : (log.Last - (double)log.Seconds.Min()) / SecondsPerDay + 1;
        _days = tau * (1 - Math.Exp(-all / tau));
        Bought = new double[log.Users];
        double sum = 0;
        int customers = 0;
        for (int user = 0; user < log.Users; user++)
        {
            for (int at = log.Pointers[user]; at < log.Pointers[user + 1]; at++) Bought[user] += Weight(at);
            sum += Bought[user];
            if (log.Pointers[user] < log.Pointers[user + 1]) customers++;
        }
        MeanRate = customers == 0 ? 0 : sum / customers / Math.Max(1, _days);
    }

    /// <summary>By customer: purchases, those of now at 1.</summary>
    public double[] Bought { get; }

    /// <summary>Purchases a day of a customer in the mean.</summary>
    public double MeanRate { get; }

    /// <summary>Purchases that a customer is expected to make within the horizon.</summary>
    public double Rate(int user) => (Bought[user] + MeanRate * RateDays) / (_days + RateDays) * _options.HorizonDays;

    /// <summary>By item: the share that some items have of what else its customers buy, each customer's purchases of an item counted once.</summary>
    public double[] Shares(ItemSet wanted)
    {
        var (of, all) = (new double[wanted.Items], new double[wanted.Items]);
        double sumOf = 0, sumAll = 0;
        var own = new HashSet<int>();
        for (int user = 0; user < _log.Users; user++)
        {
            own.Clear();
            for (int at = _log.Pointers[user]; at < _log.Pointers[user + 1]; at++) own.Add(_log.Items[at]);
            int has = own.Count(wanted.Contains);
            (sumOf, sumAll) = (sumOf + has, sumAll + own.Count);
            foreach (int item in own)
            {
                of[item] += has - (wanted.Contains(item) ? 1 : 0);
                all[item] += own.Count - 1;
            }
        }
        double share = sumAll > 0 ? sumOf / sumAll : 0;
        for (int item = 0; item < of.Length; item++) of[item] = (of[item] + ItemPrior * share) / (all[item] + ItemPrior);
        return of;
    }

    /// <param name="shares">As <see cref="Shares"/> has them for the same items.</param>
    /// <returns>Probability of a purchase within the horizon; 0 for who never bought anything.</returns>
    public double Of(int user, ItemSet wanted, double[] shares)
    {
        if (_log.Pointers[user] == _log.Pointers[user + 1]) return 0;
        double own = 0, others = 0;
        for (int at = _log.Pointers[user]; at < _log.Pointers[user + 1]; at++)
        {
            double weight = Weight(at);
            others += weight * shares[_log.Items[at]];
            if (wanted.Contains(_log.Items[at])) own += weight;
        }
        double share = (own + _options.PriorPurchases * others / Bought[user]) / (Bought[user] + _options.PriorPurchases);
        return 1 - Math.Exp(-Rate(user) * share);
    }

    private double Weight(int at) => Math.Exp(-(_log.Last - (double)_log.Seconds[at]) / SecondsPerDay * Math.Log(2) / _options.HalfLifeDays);
}
