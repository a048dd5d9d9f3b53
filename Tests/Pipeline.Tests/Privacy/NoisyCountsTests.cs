using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Privacy;

namespace Recsys.Batch.Pipeline.Tests.Privacy;

/// <summary>Counts that say nothing of a single customer.</summary>
[TestClass]
internal sealed class NoisyCountsTests
{
    private static readonly PrivacyOptions Options = new() { Epsilon = 1, MaxItems = 3 };

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow(0.5, 1e-5, 5.2984)]
    [DataRow(0.1, 1e-6, 2.4508)]
    public void Epsilon_of_a_rho_is_that_of_the_paper_and_back(double rho, double delta, double epsilon)
    {
        Assert.AreEqual(epsilon, Concentrated.Epsilon(rho, delta), 1e-3);
        Assert.AreEqual(rho, Concentrated.Rho(epsilon, delta), 1e-4);
    }

    [TestMethod]
    public void Noise_is_normal_the_same_for_equal_work_and_another_for_other_work()
    {
        double[] Draws(string work, long stream = 0, byte key = 7) => [.. new KeyedNoise([key], work).Stream(stream).Take(200_000)];
        double[] draws = Draws("a");

        Assert.AreEqual(0, draws.Average(), 0.01);
        Assert.AreEqual(1, draws.Average(d => d * d), 0.015);
        Assert.AreEqual(0, draws.Average(d => d * d * d), 0.04);
        Assert.AreEqual(3, draws.Average(d => d * d * d * d), 0.15);
        Assert.AreEqual(0, draws.Zip(draws.Skip(1), (a, b) => a * b).Average(), 0.01);
        Assert.AreEqual(0.00135, draws.Count(d => d > 3) / 200_000.0, 0.0003);
        CollectionAssert.AreEqual(draws, Draws("a"));
        foreach (double[] other in (double[][])[Draws("b"), Draws("a", stream: 1), Draws("a", key: 8)])
            Assert.AreEqual(0, draws.Zip(other, (a, b) => a * b).Average(), 0.01);
    }

    [TestMethod]
    public void A_customer_counts_for_so_many_items_and_no_more()
    {
        var interactions = Matrix(6, [[(0, 1f), (1, 5f), (2, 1f), (3, 7f), (4, 1f)], [(5, 2f)]]);
        var counts = new NoisyCounts(Options, new KeyedNoise([1], "x"), double.PositiveInfinity);

        int[][] clipped = counts.Clipped(interactions, [3, 0, 1, 2, 0, 0]);

        CollectionAssert.AreEqual(new[] { 1, 3, 4 }, clipped[0]);
        CollectionAssert.AreEqual(new[] { 5 }, clipped[1]);
        CollectionAssert.AreEqual(new double[] { 0, 1, 0, 1, 1, 1 }, counts.Items(clipped, [0, 1], new double[6], stream: 0));
        CollectionAssert.AreEqual(new double[] { 0, 0, 0, 0, 0, 1 }, counts.Items(clipped, [1], new double[6], stream: 0));
        var pairs = counts.Pairs(clipped, 6, threads: 2);
        Assert.AreEqual("1-3 1-4 3-4", string.Join(' ', pairs.First.Zip(pairs.Second, (a, b) => $"{a}-{b}")));
        Assert.IsTrue(pairs.Counts.All(c => c == 1));
    }

    /// <summary>
    /// The privacy itself, audited: with a customer and without, no outcome may be more than exp(epsilon) times as likely, but for delta. The same audit finds
    /// a mechanism out that has a sixth of the noise.
    /// </summary>
    [TestMethod]
    public void Whether_a_customer_is_there_cannot_be_read_off()
    {
        Assert.IsLessThanOrEqualTo(1.0, Worst(Concentrated.Rho(1, Options.Delta)));
        Assert.IsGreaterThan(1.5, Worst(36 * Concentrated.Rho(1, Options.Delta)));

        // The largest log ratio over outcomes "the sum of the customer's three counts is at least t", less three standard errors.
        double Worst(double rho)
        {
            const int Draws = 20_000;
            int[][] with = [[0, 1, 2], [0], [1]], without = [[], [0], [1]];
            double[] a = Sums(with, "with"), b = Sums(without, "without");
            double worst = 0;
            foreach (double t in Enumerable.Range(-40, 100).Select(t => (double)t))
            {
                double p = a.Count(s => s >= t), q = b.Count(s => s >= t);
                if (Math.Min(p, q) < 200) continue;
                worst = Math.Max(worst, Math.Log(p / q) - 3 * Math.Sqrt(1 / p + 1 / q));
            }
            return worst;

            double[] Sums(int[][] customers, string name) => [.. Enumerable.Range(0, Draws).Select(d =>
            {
                var counts = new NoisyCounts(Options, new KeyedNoise([3], string.Create(CultureInfo.InvariantCulture, $"{name} {d}")), rho);
                // Counts are not below 0: there are enough customers that this hides nothing.
                int[][] all = [.. customers, .. Enumerable.Repeat<int[]>([0, 1, 2], 200)];
                return counts.Items(all, Enumerable.Range(0, all.Length), new double[3], stream: 0).Sum() - 600;
            })];
        }
    }

    [TestMethod]
    public void A_pair_of_one_customer_is_never_told_and_one_of_thousands_is()
    {
        int[][] customers = [[0, 1], .. Enumerable.Repeat<int[]>([2, 3], 5_000)];
        double rho = Concentrated.Rho(1, Options.Delta);
        int told = 0;
        for (int draw = 0; draw < 1_000; draw++)
        {
            var pairs = new NoisyCounts(Options, new KeyedNoise([5], string.Create(CultureInfo.InvariantCulture, $"{draw}")), rho).Pairs(customers, 4, 1);
            Assert.AreEqual("2-3", string.Join(' ', pairs.First.Zip(pairs.Second, (a, b) => $"{a}-{b}")));
            if (Math.Abs(pairs.Counts[0] - 5_000) > 0) told++;
        }
        Assert.IsGreaterThan(900, told, "the count itself has noise");
    }

    [TestMethod]
    public void An_account_adds_nights_up_and_equal_work_once()
    {
        string folder = Directory.CreateTempSubdirectory("recsys-account-").FullName;
        try
        {
            PrivacyAccount.Open(folder).Spend("first", 0.1);
            PrivacyAccount.Open(folder).Spend("second", 0.2);
            PrivacyAccount.Open(folder).Spend("first", 0.1);
            Assert.AreEqual(0.3, PrivacyAccount.Open(folder).Rho, 1e-12);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static InteractionMatrix Matrix(int items, (int Item, float Value)[][] rows)
    {
        int[] pointers = [0, .. rows.Select((_, u) => rows.Take(u + 1).Sum(r => r.Length))];
        return new InteractionMatrix(new SparseRows(
            rows.Length, items, pointers, [.. rows.SelectMany(r => r.Select(c => c.Item))], [.. rows.SelectMany(r => r.Select(c => c.Value))]));
    }
}
