using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>History times item-item weights; what a history item adds to a score is its own term.</summary>
/// <param name="histories">users x items; values are the strengths x_i, or are taken as 1.</param>
public sealed class LinearScorer(SparseRows histories, IItemWeights weights, bool useValues) : IContributionScorer
{
    public int Users => histories.Rows;

    public int Items => weights.Items;

    public int PreferredPanel => weights.PreferredPanel;

    public void Score(ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride)
    {
        for (int u = 0; u < users.Length; u++)
        {
            var row = scores.Slice(u * stride, itemCount);
            row.Clear();
            var items = histories.RowIndices(users[u]);
            var values = histories.RowValues(users[u]);
            for (int h = 0; h < items.Length; h++) weights.AddRow(items[h], useValues ? values[h] : 1, firstItem, row);
        }
    }

    public void Contributions(int user, int item, ReadOnlySpan<int> history, Span<float> contributions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(contributions.Length, history.Length);
        var items = histories.RowIndices(user);
        var values = histories.RowValues(user);
        for (int h = 0; h < history.Length; h++)
        {
            int at = items.BinarySearch(history[h]);
            contributions[h] = at < 0 ? 0 : (useValues ? values[at] : 1) * weights[history[h], item];
        }
    }
}
