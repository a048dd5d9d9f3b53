using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>The same scores for every user.</summary>
internal sealed class PopularityScorer(int users, float[] popularity) : IBlockScorer
{
    public int Users => users;

    public int Items => popularity.Length;

    public int PreferredPanel => 4096;

    public void Score(ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride)
    {
        for (int u = 0; u < users.Length; u++) popularity.AsSpan(firstItem, itemCount).CopyTo(scores[(u * stride)..]);
    }
}
