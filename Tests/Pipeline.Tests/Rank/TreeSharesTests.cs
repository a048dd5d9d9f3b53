using System.Numerics;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Rank;

namespace Recsys.Batch.Pipeline.Tests.Rank;

[TestClass]
internal sealed class TreeSharesTests
{
    private const int Width = 6;

    /// <summary>Trees of up to 12 leaves that ask for a feature more than once on a way.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(12)]
    public void Shares_are_the_Shapley_values_over_all_subsets(int leaves)
    {
        var random = Draws(5);
        for (int n = 0; n < 200; n++)
        {
            var tree = Grown(leaves, random);
            float[] row = Row(random), reference = Row(random);
            var shares = new double[Width];
            TreeShares.Add(tree, row, reference, shares);

            for (int f = 0; f < Width; f++) Assert.AreEqual(Shapley(tree, row, reference, f), shares[f], 1e-12, $"tree {n}, feature {f}");
        }
    }

    [TestMethod]
    public void Shares_of_a_forest_and_the_usual_score_are_the_score()
    {
        var random = Draws(6);
        var ranker = new TreeRanker(
            [.. Enumerable.Range(0, Width).Select(f => new FeatureRange($"f{f}", 0, 1, (float)random()))],
            [.. Enumerable.Range(0, 60).Select(_ => Grown(8, random))], Bias: 0.25);
        AddUp(ranker, Row(random));
    }

    [TestMethod]
    public void Shares_of_a_weighted_sum_are_its_terms_and_add_up()
    {
        var ranker = new LinearRanker([new("a", 0, 9, 2), new("b", 0, 9, 1)], [0.5f, -3], Bias: 1);
        var shares = new double[2];
        Assert.AreEqual(-1, ranker.Shares([6, 1], shares));
        CollectionAssert.AreEqual(new double[] { 2, 0 }, shares);
        AddUp(ranker, [6, 4]);
    }

    internal static void AddUp(IRanker ranker, float[] row)
    {
        var shares = new double[row.Length];
        float[] score = [0];
        ranker.Score(row, score);
        double usual = ranker.Shares(row, shares);
        Assert.AreEqual(score[0], usual + shares.Sum(), 1e-5);
    }

    private static Func<double> Draws(ulong seed)
    {
        var random = new SplitMix64(seed, "trees");
        return () => random.NextDouble();
    }

    private static float[] Row(Func<double> random) => [.. Enumerable.Range(0, Width).Select(_ => (float)random())];

    /// <summary>Splits a leaf that is drawn, until there are so many.</summary>
    private static DecisionTree Grown(int leaves, Func<double> random)
    {
        List<int> features = [], left = [], right = [];
        List<float> thresholds = [];
        for (int n = 0; n + 1 < leaves; n++)
        {
            // Leaf k hangs from the node and side that hold ~k; its right half becomes leaf n + 1.
            int split = (int)(random() * (n + 1)), at = left.IndexOf(~split), other = right.IndexOf(~split);
            if (at >= 0) left[at] = n;
            else if (other >= 0) right[other] = n;
            features.Add((int)(random() * Width));
            thresholds.Add((float)random());
            left.Add(~split);
            right.Add(~(n + 1));
        }
        return new DecisionTree([.. features], [.. thresholds], [.. left], [.. right], [.. Enumerable.Range(0, leaves).Select(_ => random() - 0.5)]);
    }

    private static double Shapley(DecisionTree tree, float[] row, float[] reference, int feature)
    {
        double sum = 0;
        for (uint set = 0; set < 1 << Width; set++)
        {
            if ((set & (1u << feature)) != 0) continue;
            int size = BitOperations.PopCount(set);
            double weight = Factorial(size) * Factorial(Width - size - 1) / Factorial(Width);
            sum += weight * (tree.Of(Mixed(set | (1u << feature))) - tree.Of(Mixed(set)));
        }
        return sum;

        float[] Mixed(uint set) => [.. Enumerable.Range(0, Width).Select(f => (set & (1u << f)) != 0 ? row[f] : reference[f])];
    }

    private static double Factorial(int n) => n < 2 ? 1 : n * Factorial(n - 1);
}
