using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Tests.Retrieve;

/// <summary>A scorer that reads its scores from a table: [user][item].</summary>
internal sealed class TableScorer(float[][] scores, int panel = 7) : IBlockScorer
{
    public int Users => scores.Length;

    public int Items => scores[0].Length;

    public int PreferredPanel => panel;

    public void Score(ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> into, int stride)
    {
        for (int u = 0; u < users.Length; u++)
            scores[users[u]].AsSpan(firstItem, itemCount).CopyTo(into[(u * stride)..]);
    }
}
