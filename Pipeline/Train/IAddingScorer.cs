using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Train;

/// <summary>A scorer that can add its scores, weighed, to those of others, without room of its own.</summary>
internal interface IAddingScorer : IBlockScorer
{
    /// <summary><c>scores[u * stride + i] += userWeights[u] * score</c>; otherwise as <see cref="IBlockScorer.Score"/>.</summary>
    /// <param name="userWeights">Aligned with <paramref name="users"/>; empty where all are 1.</param>
    void AddScores(ReadOnlySpan<float> userWeights, ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride);
}
