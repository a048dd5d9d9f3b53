using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.CartComplements;

/// <summary>Two items that share more orders than chance gives them.</summary>
/// <param name="Support">Orders with both.</param>
/// <param name="Expected">Orders that chance would give both, by the sizes of the orders that each is in.</param>
/// <param name="LogP">ln of the probability of so many or more.</param>
internal readonly record struct OrderPair(int First, int Second, int Support, float Expected, double LogP);

/// <summary>What the tests came to.</summary>
/// <param name="Pairs">The discoveries, by first and second item, the first below the second.</param>
/// <param name="Tests">Pairs of items that were tested: all of enough orders each.</param>
/// <param name="Orders">How many orders each item is in, of those that count.</param>
/// <param name="Counted">Orders that count: of two items or more.</param>
internal sealed record TestedPairs(IReadOnlyList<OrderPair> Pairs, long Tests, int[] Orders, int Counted);

/// <summary>
/// Tests all pairs of items at once, item by item. A pair of too few orders or customers, or of no more than chance, is a test that found nothing: it counts
/// among the tests, since choosing by what was found would flatter the rest. Memory: 4 bytes an item and stratum, and 32 a pair below the rate.
/// </summary>
internal sealed class PairTests(CartComplementsOptions options, int minCustomers = 1)
{
    private readonly int _minCustomers = Math.Max(minCustomers, options.MinCustomers);

    public TestedPairs Run(Orders orders, StageContext context)
    {
        var strata = new OrderStrata(orders, options.MaxOrderItems);
        var counts = new int[orders.ItemCount];
        for (int o = 0; o < orders.Count; o++)
        {
            if (strata.Of[o] < 0) continue;
            foreach (int item in orders[o]) counts[item]++;
        }
        int[] tested = [.. Enumerable.Range(0, orders.ItemCount).Where(i => counts[i] >= options.MinOrders)];
        var position = new int[orders.ItemCount];
        Array.Fill(position, -1);
        for (int t = 0; t < tested.Length; t++) position[tested[t]] = t;
        var byStratum = new int[(long)tested.Length * strata.Count];
        for (int t = 0; t < tested.Length; t++)
            foreach (int o in orders.With(tested[t]))
                if (strata.Of[o] >= 0) byStratum[(long)t * strata.Count + strata.Of[o]]++;

        double[] logFactorials = StratifiedFisherTest.LogFactorials(strata.Count == 0 ? 0 : strata.Sizes.Max());
        double worst = Math.Log(options.FalseDiscoveryRate);
        var found = new OrderPair[tested.Length][];
        context.ForEachPiece(tested.Length, () => new Workspace(tested.Length, logFactorials), (first, work) =>
        {
            Count(first);
            var pairs = new List<OrderPair>();
            work.Touched.Sort();
            foreach (int second in work.Touched)
            {
                int support = work.Orders[second], customers = work.Customers[second];
                (work.Orders[second], work.Customers[second], work.LastUser[second]) = (0, 0, -1);
                if (support < options.MinOrders || customers < _minCustomers) continue;
                double expected = StratifiedFisherTest.Expected(strata.Sizes, Row(first), Row(second));
                if (support <= expected) continue;
                // Most pairs are plainly within chance, and the exact test is dear. The margin is far beyond rounding.
                if (StratifiedFisherTest.LeastTail(strata.Sizes, Row(first), Row(second), support) > options.FalseDiscoveryRate + 1e-9) continue;
                double log = work.Test.LogTail(strata.Sizes, Row(first), Row(second), support);
                if (log <= worst) pairs.Add(new OrderPair(tested[first], tested[second], support, (float)expected, log));
            }
            work.Touched.Clear();
            found[first] = [.. pairs];

            void Count(int item)
            {
                foreach (int o in orders.With(tested[item]))
                {
                    if (strata.Of[o] < 0) continue;
                    int user = orders.Users[o];
                    foreach (int other in orders[o])
                    {
                        int at = position[other];
                        if (at <= item) continue;
                        if (work.Orders[at]++ == 0) work.Touched.Add(at);
                        if (work.LastUser[at] == user) continue;
                        work.LastUser[at] = user;
                        work.Customers[at]++;
                    }
                }
            }
        });

        long tests = (long)tested.Length * (tested.Length - 1) / 2;
        double threshold = FalseDiscovery.Threshold([.. found.SelectMany(f => f.Select(p => p.LogP))], tests, options.FalseDiscoveryRate, options.Control);
        return new TestedPairs([.. found.SelectMany(f => f.Where(p => p.LogP <= threshold))], tests, counts, strata.Sizes.Sum());

        ReadOnlySpan<int> Row(int at) => byStratum.AsSpan(at * strata.Count, strata.Count);
    }

    private sealed class Workspace
    {
        public Workspace(int items, double[] logFactorials)
        {
            (Orders, Customers, LastUser, Test) = (new int[items], new int[items], new int[items], new StratifiedFisherTest(logFactorials));
            Array.Fill(LastUser, -1);
        }

        public int[] Orders { get; }

        public int[] Customers { get; }

        public int[] LastUser { get; }

        public List<int> Touched { get; } = [];

        public StratifiedFisherTest Test { get; }
    }
}
