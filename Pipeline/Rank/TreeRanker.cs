using Microsoft.ML.Trainers.FastTree;

namespace Recsys.Batch.Pipeline.Rank;

/// <summary>
/// A decision tree of numbers. Inner node n sends a row left where its feature is at most the threshold; a child below 0 is leaf <c>~child</c>.
/// </summary>
internal sealed record DecisionTree(int[] Features, float[] Thresholds, int[] Left, int[] Right, double[] Leaves)
{
    internal static DecisionTree Of(RegressionTreeBase tree, double weight) => new(
        [.. tree.NumericalSplitFeatureIndexes], [.. tree.NumericalSplitThresholds], [.. tree.LeftChild], [.. tree.RightChild],
        [.. tree.LeafValues.Select(v => v * weight)]);

    public double Of(ReadOnlySpan<float> row)
    {
        if (Features.Length == 0) return Leaves[0];
        int node = 0;
        do node = Next(node, row[Features[node]]);
        while (node >= 0);
        return Leaves[~node];
    }

    /// <summary>Where a node sends a row with that value of its feature.</summary>
    internal int Next(int node, float value) => value <= Thresholds[node] ? Left[node] : Right[node];
}

/// <summary>The sum of decision trees. Its features' shares of a score are Shapley values (<see cref="TreeShares"/>).</summary>
internal sealed record TreeRanker(FeatureRange[] Ranges, IReadOnlyList<DecisionTree> Trees, double Bias) : IRanker
{
    internal static TreeRanker Of(FeatureRange[] ranges, TreeEnsemble<RegressionTree> ensemble) => new(
        ranges, [.. ensemble.Trees.Zip(ensemble.TreeWeights, DecisionTree.Of)], ensemble.Bias);

    public void Score(ReadOnlySpan<float> rows, Span<float> scores)
    {
        for (int k = 0; k < scores.Length; k++)
        {
            double sum = Bias;
            foreach (var tree in Trees) sum += tree.Of(rows.Slice(k * Ranges.Length, Ranges.Length));
            scores[k] = (float)sum;
        }
    }

    public double Shares(ReadOnlySpan<float> row, Span<double> shares)
    {
        float[] means = Array.ConvertAll(Ranges, r => r.Mean);
        double usual = Bias;
        shares.Clear();
        foreach (var tree in Trees)
        {
            usual += tree.Of(means);
            TreeShares.Add(tree, row, means, shares);
        }
        return usual;
    }
}
