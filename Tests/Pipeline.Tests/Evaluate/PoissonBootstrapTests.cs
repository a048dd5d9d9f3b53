using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Evaluate;

namespace Recsys.Batch.Pipeline.Tests.Evaluate;

[TestClass]
internal sealed class PoissonBootstrapTests
{
    [TestMethod]
    public void The_interval_of_a_mean_is_as_wide_as_its_standard_error_says()
    {
        var random = new Random(1);
        float[] values = [.. Enumerable.Range(0, 2_000).Select(_ => random.NextSingle())];
        double mean = values.Average(v => (double)v);
        double error = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)) / values.Length);

        var interval = PoissonBootstrap.Of(values, 1, 1_000, 42, 2).Mean(0);

        Assert.AreEqual(mean, interval.Value, 1e-9);
        Assert.AreEqual(mean - 1.96 * error, interval.Low, 0.3 * error);
        Assert.AreEqual(mean + 1.96 * error, interval.High, 0.3 * error);
    }

    [TestMethod]
    public void The_interval_holds_the_truth_in_about_95_of_100_samples()
    {
        int held = 0;
        for (int sample = 0; sample < 400; sample++)
        {
            var random = new Random(sample);
            float[] values = [.. Enumerable.Range(0, 100).Select(_ => random.Next(10) < 3 ? 1f : 0f)];
            var interval = PoissonBootstrap.Of(values, 1, 200, (ulong)sample, 1).Mean(0);
            if (interval.Low <= 0.3 && 0.3 <= interval.High) held++;
        }

        // 380 expected; 16 is 3.7 standard deviations, and a percentile interval of 100 users is a little narrow.
        Assert.IsTrue(held is >= 360 and <= 396, $"{held} of 400");
    }

    [TestMethod]
    public void Values_that_users_do_not_have_take_no_part()
    {
        float[] values = [1f, float.NaN, 3f, 5f, 5f, float.NaN, 7f, 5f];

        var bootstrap = PoissonBootstrap.Of(values, 2, 500, 3, 1);

        Assert.AreEqual(4, bootstrap.Mean(0).Value);
        Assert.AreEqual(new Interval(5, 5, 5), bootstrap.Mean(1), "every replicate of a constant is the constant");
        CollectionAssert.AreEqual(new[] { 4, 2 }, bootstrap.Counts);
    }

    [TestMethod]
    public void Differences_are_paired_user_by_user()
    {
        var random = new Random(8);
        float[] a = [.. Enumerable.Range(0, 500).Select(_ => 10 * random.NextSingle())];
        float[] b = [.. a.Select(v => v - 0.25f)];

        var difference = PoissonBootstrap.Difference(PoissonBootstrap.Of(a, 1, 300, 7, 1), 0, PoissonBootstrap.Of(b, 1, 300, 7, 1), 0);

        Assert.AreEqual(0.25, difference.Low, 1e-5);
        Assert.AreEqual(0.25, difference.High, 1e-5);
    }

    [TestMethod]
    public void The_same_seed_gives_the_same_bits_with_any_threads_another_does_not()
    {
        var random = new Random(4);
        float[] values = [.. Enumerable.Range(0, 900).Select(_ => random.NextSingle())];

        var one = PoissonBootstrap.Of(values, 3, 333, 9, 1);
        var three = PoissonBootstrap.Of(values, 3, 333, 9, 3);

        for (int c = 0; c < 3; c++) Assert.AreEqual(one.Mean(c), three.Mean(c));
        Assert.AreNotEqual(one.Mean(0).Low, PoissonBootstrap.Of(values, 3, 333, 10, 1).Mean(0).Low);
    }
}
