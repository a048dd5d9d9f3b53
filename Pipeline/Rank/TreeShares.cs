namespace Recsys.Batch.Pipeline.Rank;

/// <summary>
/// Shapley values of a decision tree: what each feature adds by having its value in a row instead of the one in a reference row, on average over all orders in
/// which values may be exchanged. Exact, by one walk over the leaves that some mixture of the two rows reaches (TreeSHAP, Lundberg et al. 2018, in the
/// interventional form of Lundberg et al. 2020, with one reference row).
/// </summary>
internal static class TreeShares
{
    /// <summary>Adds the tree's shares; with its value at <paramref name="reference"/> they are its value at <paramref name="row"/>.</summary>
    public static void Add(DecisionTree tree, ReadOnlySpan<float> row, ReadOnlySpan<float> reference, Span<double> shares)
    {
        // No path is longer than there are inner nodes.
        if (tree.Features.Length > 0) Walk(tree, 0, row, reference, new int[tree.Features.Length], 0, 0, shares);
    }

    /// <param name="node">Below 0: a leaf.</param>
    /// <param name="path">
    /// Features for which the two rows parted on the way: f where the way is that of the row, ~f where it is that of the reference.
    /// </param>
    private static void Walk(
        DecisionTree tree, int node, ReadOnlySpan<float> row, ReadOnlySpan<float> reference, Span<int> path, int ofRow, int ofReference, Span<double> shares)
    {
        var parted = path[..(ofRow + ofReference)];
        if (node < 0)
        {
            if (parted.Length > 0) Share(tree.Leaves[~node], parted, ofRow, ofReference, shares);
            return;
        }
        int feature = tree.Features[node], here = tree.Next(node, row[feature]), there = tree.Next(node, reference[feature]);
        if (here == there || parted.Contains(feature))
        {
            Walk(tree, here, row, reference, path, ofRow, ofReference, shares);
        }
        else if (parted.Contains(~feature))
        {
            Walk(tree, there, row, reference, path, ofRow, ofReference, shares);
        }
        else
        {
            path[parted.Length] = feature;
            Walk(tree, here, row, reference, path, ofRow + 1, ofReference, shares);
            path[parted.Length] = ~feature;
            Walk(tree, there, row, reference, path, ofRow, ofReference + 1, shares);
        }
    }

    /// <summary>
    /// A leaf that a mixture reaches where it has all of the features on one side and none of the others: of the orders of n + m features, one in
    /// n C(n + m, n) reaches it by a certain feature of the n, and one in m C(n + m, n) leaves it by a certain one of the m.
    /// </summary>
    private static void Share(double leaf, ReadOnlySpan<int> parted, int ofRow, int ofReference, Span<double> shares)
    {
        double ways = 1;
        for (int n = 1; n <= ofRow; n++) ways *= (double)(ofReference + n) / n;
        foreach (int feature in parted)
        {
            if (feature >= 0) shares[feature] += leaf / (ofRow * ways);
            else shares[~feature] -= leaf / (ofReference * ways);
        }
    }
}
