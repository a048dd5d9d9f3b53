using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Benchmarks.Places;

/// <summary>Hits over cases with a 95% interval by drawing customers, since the cases of one customer are no independent ones.</summary>
internal sealed class CustomerBootstrap
{
    private const int Draws = 2_000;

    private readonly Dictionary<int, (double Hits, double Cases)> _customers = [];

    public void Add(int customer, double hits, double cases = 1)
    {
        var (h, c) = _customers.GetValueOrDefault(customer);
        _customers[customer] = (h + hits, c + cases);
    }

    public double Rate => _customers.Values.Sum(c => c.Hits) / Math.Max(1, _customers.Values.Sum(c => c.Cases));

    public override string ToString()
    {
        var (low, high) = Interval(_customers.OrderBy(c => c.Key).Select(c => c.Value).ToArray());
        return FormattableString.Invariant($"{Rate:.0000} ({low:.000}-{high:.000})");
    }

    /// <summary>The difference to another way of the same customers, drawn together.</summary>
    public string Over(CustomerBootstrap other)
    {
        var (low, high) = Interval([.. _customers.OrderBy(c => c.Key).Select(c => (c.Value.Hits - other._customers[c.Key].Hits, c.Value.Cases))]);
        return FormattableString.Invariant($"{Rate - other.Rate:+.0000;-.0000} ({low:+.000;-.000} to {high:+.000;-.000})");
    }

    private static (double Low, double High) Interval((double Hits, double Cases)[] customers)
    {
        var random = new SplitMix64(1, "customers");
        var rates = new double[Draws];
        for (int d = 0; d < Draws; d++)
        {
            double hits = 0, cases = 0;
            for (int c = 0; c < customers.Length; c++)
            {
                var (h, n) = customers[random.NextInt(customers.Length)];
                hits += h;
                cases += n;
            }
            rates[d] = hits / Math.Max(1, cases);
        }
        Array.Sort(rates);
        return (rates[(int)(Draws * 0.025)], rates[(int)(Draws * 0.975)]);
    }
}
