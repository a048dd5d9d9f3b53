using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Tests.Numerics;

[TestClass]
internal sealed class IsotonicRegressionTests
{
    /// <summary>The least squares fit that never falls is, at each case, the largest of the least means that go over it (Barlow et al. 1972, 1.9).</summary>
    [TestMethod]
    [DataRow(1UL)]
    [DataRow(2UL)]
    [DataRow(3UL)]
    public void Pools_are_those_of_the_least_squares_fit(ulong seed)
    {
        var random = new SplitMix64(seed, "isotonic");
        const int Count = 200;
        // Hundredths, so that some scores are equal.
        float[] scores = [.. Enumerable.Range(0, Count).Select(_ => MathF.Round((float)random.NextDouble(), 2))];
        bool[] happened = [.. scores.Select(s => random.NextDouble() < s * s)];
        var fit = IsotonicRegression.Of(scores, happened);

        var cases = scores.Zip(happened).GroupBy(c => c.First).OrderBy(g => g.Key)
            .Select(g => (Score: g.Key, Hits: (double)g.Count(c => c.Second), Count: (double)g.Count())).ToArray();
        double Mean(int from, int to) => cases[from..(to + 1)].Sum(c => c.Hits) / cases[from..(to + 1)].Sum(c => c.Count);
        double[] expected =
            [.. Enumerable.Range(0, cases.Length).Select(i =>
                Enumerable.Range(0, i + 1).Max(from => Enumerable.Range(i, cases.Length - i).Min(to => Mean(from, to))))];
        double share = happened.Count(h => h) / (double)Count;
        var pools = cases.Zip(expected).GroupBy(c => Math.Round(c.Second, 9)).OrderBy(g => g.Key).ToArray();
        Assert.AreEqual(pools.Length, fit.Chances.Length);
        for (int k = 0; k < pools.Length; k++)
        {
            double count = pools[k].Sum(c => c.First.Count), hits = pools[k].Sum(c => c.First.Hits);
            Assert.AreEqual(pools[k].Sum(c => c.First.Score * c.First.Count) / count, fit.Scores[k], 1e-5);
            double smoothed = pools.Take(k + 1).Max(p => (p.Sum(c => c.First.Hits) + share) / (p.Sum(c => c.First.Count) + 1));
            Assert.AreEqual(smoothed, fit.Chances[k], 1e-6, $"{hits} of {count}");
        }
    }

    [TestMethod]
    public void Chances_are_events_by_exposure_where_cases_differ_in_it()
    {
        const int Count = 4_000;
        float[] scores = [.. Enumerable.Range(0, Count).Select(k => k % 2f)];
        double[] exposures = [.. Enumerable.Range(0, Count).Select(k => k % 4 < 2 ? 1 : 0.25)];
        // Every fifth event of the first score, every second of the other one, as far as they are looked at.
        bool[] happened = [.. Enumerable.Range(0, Count).Select(k => k / 4 % 20 < (k % 2 == 0 ? 4 : 10) * exposures[k])];

        var fit = IsotonicRegression.Of(scores, happened, exposures);

        Assert.AreEqual(0.2, fit.At(0), 0.01);
        Assert.AreEqual(0.5, fit.At(1), 0.03);
        Assert.IsTrue(IsotonicRegression.Of(scores, happened).At(1) < 0.35, "cases that are hardly looked at look like cases in which nothing happens");
    }

    [TestMethod]
    public void Between_pools_it_is_a_line_and_beyond_them_flat()
    {
        var fit = new IsotonicRegression([1, 3], [0.2f, 0.6f]);
        Assert.AreEqual(0.2, fit.At(0), 1e-6);
        Assert.AreEqual(0.2, fit.At(1), 1e-6);
        Assert.AreEqual(0.5, fit.At(2.5f), 1e-6);
        Assert.AreEqual(0.6, fit.At(9), 1e-6);
    }

    [TestMethod]
    public void Chances_of_what_never_or_always_happens_stay_off_0_and_1()
    {
        Assert.IsTrue(IsotonicRegression.Of([1, 2, 3], [false, false, false]).At(2) is > 0 and < 1e-6);
        Assert.IsTrue(IsotonicRegression.Of([1, 2, 3], [true, true, true]).At(2) is > 0.999 and <= 1);
        Assert.IsTrue(IsotonicRegression.Of([1, 2, 3, 4], [false, false, true, true]).At(4) is > 0.5 and < 1);
    }
}
