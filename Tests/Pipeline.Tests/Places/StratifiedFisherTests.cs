using System.Numerics;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Places.CartComplements;

namespace Recsys.Batch.Pipeline.Tests.Places;

[TestClass]
internal sealed class StratifiedFisherTests
{
    private static readonly double[] LogFactorials = StratifiedFisherTest.LogFactorials(20_000);

    // A test of its own: it keeps room for its sums, and tests run beside each other.
    private readonly StratifiedFisherTest _test = new(LogFactorials);

    [TestMethod]
    // Fisher's lady tasting tea: four of eight cups, and so many of them named rightly.
    [DataRow(3, 17.0 / 70)]
    [DataRow(4, 1.0 / 70)]
    [DataRow(1, 69.0 / 70)]
    [DataRow(0, 1.0)]
    public void LogTail_of_one_stratum_is_Fishers(int right, double expected) =>
        Assert.AreEqual(expected, Math.Exp(_test.LogTail([8], [4], [4], right)), 1e-12);

    [TestMethod]
    public void LogTail_over_strata_is_the_sum_over_all_tables()
    {
        var random = new SplitMix64(3, "tables");
        for (int run = 0; run < 50; run++)
        {
            int strata = 1 + random.NextInt(3);
            int[] orders = new int[strata], first = new int[strata], second = new int[strata];
            for (int s = 0; s < strata; s++)
            {
                orders[s] = 1 + random.NextInt(12);
                (first[s], second[s]) = (random.NextInt(orders[s] + 1), random.NextInt(orders[s] + 1));
            }
            int most = first.Zip(second, Math.Min).Sum();
            for (int together = 0; together <= most + 1; together++)
            {
                double exact = Tail(orders, first, second, together);
                Assert.AreEqual(exact, Math.Exp(_test.LogTail(orders, first, second, together)), 1e-10, $"{run}: {together} of {most}");
            }
        }
    }

    [TestMethod]
    public void LeastTail_is_not_above_the_probability_and_often_near()
    {
        var random = new SplitMix64(5, "bounds");
        int near = 0;
        for (int run = 0; run < 3_000; run++)
        {
            int strata = 1 + random.NextInt(5);
            int[] orders = new int[strata], first = new int[strata], second = new int[strata];
            for (int s = 0; s < strata; s++)
            {
                orders[s] = 1 + random.NextInt(run % 3 == 0 ? 12 : 2_000);
                int most = run % 3 == 1 ? 1 + orders[s] / 20 : orders[s] + 1;
                (first[s], second[s]) = (random.NextInt(most), random.NextInt(most));
            }
            int together = (int)StratifiedFisherTest.Expected(orders, first, second) + random.NextInt(4);
            double exact = Math.Exp(_test.LogTail(orders, first, second, together));
            double least = StratifiedFisherTest.LeastTail(orders, first, second, together);
            Assert.IsLessThanOrEqualTo(exact + 1e-9, least, $"{run}: {together} together");
            near += run % 3 == 1 && least > 0.8 * exact ? 1 : 0;
        }
        Assert.IsGreaterThan(500, near, "of 1,000 pairs of items that few of the orders hold");
    }

    [TestMethod]
    public void LogTail_keeps_its_digits_where_probabilities_underflow()
    {
        // One table is left: all 1,000 orders of the one are those of the other.
        double exact = BigInteger.Log(1) - BigInteger.Log(Choose(20_000, 1_000));
        double log = _test.LogTail([20_000], [1_000], [1_000], 1_000);

        Assert.IsLessThan(-2_000, exact);
        Assert.AreEqual(exact, log, Math.Abs(exact) * 1e-10);
    }

    [TestMethod]
    public void Threshold_is_that_of_Benjamini_and_Hochbergs_example()
    {
        // Benjamini and Hochberg 1995, section 3.2: four of fifteen at .05.
        double[] p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1];
        double[] logs = [.. p.OrderDescending().Select(x => Math.Log(x))];

        Assert.AreEqual(Math.Log(0.0095), FalseDiscovery.Threshold(logs, 15, 0.05, DiscoveryControl.BenjaminiHochberg));
        Assert.AreEqual(Math.Log(0.0019), FalseDiscovery.Threshold(logs, 15, 0.05, DiscoveryControl.BenjaminiYekutieli));
        Assert.AreEqual(double.NegativeInfinity, FalseDiscovery.Threshold(logs, 15_000_000, 0.05, DiscoveryControl.BenjaminiHochberg));
    }

    /// <summary>By whole numbers: tables with so many or more together over all tables.</summary>
    private static double Tail(int[] orders, int[] first, int[] second, int together)
    {
        BigInteger[] ways = [1];
        BigInteger all = 1;
        for (int s = 0; s < orders.Length; s++)
        {
            var next = new BigInteger[ways.Length + Math.Min(first[s], second[s])];
            for (int x = 0; x <= Math.Min(first[s], second[s]); x++)
            {
                var own = Choose(first[s], x) * Choose(orders[s] - first[s], second[s] - x);
                for (int w = 0; w < ways.Length; w++) next[w + x] += ways[w] * own;
            }
            ways = next;
            all *= Choose(orders[s], second[s]);
        }
        BigInteger tail = 0;
        for (int x = together; x < ways.Length; x++) tail += ways[x];
        return (double)tail / (double)all;
    }

    private static BigInteger Choose(int n, int k)
    {
        if (k < 0 || k > n) return 0;
        BigInteger ways = 1;
        for (int i = 1; i <= k; i++) ways = ways * (n - k + i) / i;
        return ways;
    }
}
