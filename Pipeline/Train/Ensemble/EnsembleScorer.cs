using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Ensemble;

/// <summary>The weighted sum of scorers; a user's weights are its own.</summary>
/// <param name="weights">Per scorer, per user.</param>
internal class EnsembleScorer(IBlockScorer[] scorers, float[][] weights) : IContributionScorer
{
    public int Users => scorers[0].Users;

    public int Items => scorers[0].Items;

    // An ensemble in an ensemble would share this thread's buffers with it: such are taken apart instead.
    internal (IBlockScorer Scorer, float[] Weights)[] Parts => [.. scorers.Zip(weights)];

    public int PreferredPanel { get; } = scorers.Max(s => s.PreferredPanel);

    public unsafe void Score(ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride)
    {
        for (int u = 0; u < users.Length; u++) scores.Slice(u * stride, itemCount).Clear();
        var buffers = PackBuffers.OfThread;
        var here = new Span<float>(buffers.Get(6, Math.Max(1, users.Length)), users.Length);
        for (int s = 0; s < scorers.Length; s++)
        {
            for (int u = 0; u < users.Length; u++) here[u] = weights[s][users[u]];
            if (scorers[s] is IAddingScorer adding)
            {
                adding.AddScores(here, users, firstItem, itemCount, scores, stride);
                continue;
            }
            var own = new Span<float>(buffers.Get(7, Math.Max(1, (long)users.Length * itemCount)), users.Length * itemCount);
            scorers[s].Score(users, firstItem, itemCount, own, itemCount);
            for (int u = 0; u < users.Length; u++)
                VectorMath.Axpy(here[u], own.Slice(u * itemCount, itemCount), scores.Slice(u * stride, itemCount));
        }
    }

    public void Contributions(int user, int item, ReadOnlySpan<int> history, Span<float> contributions) =>
        Contributions(scorers, weights, user, item, history, contributions);

    /// <summary>What members that can say why say, weighed and summed; the others are silent.</summary>
    internal static void Contributions(
        IBlockScorer[] scorers, float[][] weights, int user, int item, ReadOnlySpan<int> history, Span<float> contributions)
    {
        var own = new float[history.Length];
        contributions[..history.Length].Clear();
        for (int s = 0; s < scorers.Length; s++)
        {
            if (scorers[s] is not IContributionScorer scorer) continue;
            scorer.Contributions(user, item, history, own);
            for (int h = 0; h < own.Length; h++) contributions[h] += weights[s][user] * own[h];
        }
    }
}
