namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>The candidates as they come.</summary>
internal sealed class ScoreOrder : IDiversifier
{
    public int Choose(int user, ReadOnlySpan<int> items, ReadOnlySpan<float> relevance, Span<ListEntry> list)
    {
        int count = Math.Min(items.Length, list.Length);
        for (int k = 0; k < count; k++) list[k] = new ListEntry(k, relevance[k], 0);
        return count;
    }
}
