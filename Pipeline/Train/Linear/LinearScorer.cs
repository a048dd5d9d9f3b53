using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>History times item-item weights; what a history item adds to a score is its own term.</summary>
/// <param name="histories">users x items; values are the strengths x_i, or are taken as 1.</param>
internal sealed class LinearScorer(SparseRows histories, IItemWeights weights, bool useValues) : IContributionScorer, IAddingScorer
{
    public int Users => histories.Rows;

    public int Items => weights.Items;

    public int PreferredPanel => weights.PreferredPanel;

    public void Score(ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride)
    {
        for (int u = 0; u < users.Length; u++) scores.Slice(u * stride, itemCount).Clear();
        AddScores([], users, firstItem, itemCount, scores, stride);
    }

    void IAddingScorer.AddScores(ReadOnlySpan<float> userWeights, ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride) =>
        AddScores(userWeights, users, firstItem, itemCount, scores, stride);

    private void AddScores(ReadOnlySpan<float> userWeights, ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride)
    {
        for (int u = 0; u < users.Length; u++)
        {
            var row = scores.Slice(u * stride, itemCount);
            float weight = userWeights.IsEmpty ? 1 : userWeights[u];
            var items = histories.RowIndices(users[u]);
            var values = histories.RowValues(users[u]);
            for (int h = 0; h < items.Length; h++) weights.AddRow(items[h], useValues ? weight * values[h] : weight, firstItem, row);
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
