using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Data;

/// <summary>
/// Scores a block of users against a panel of items: all that retrieval asks of a model. Implementations are immutable and
/// may be called from many threads; equal calls give equal bits.
/// </summary>
internal interface IBlockScorer
{
    int Users { get; }

    int Items { get; }

    /// <summary>Items a panel should hold for this scorer to run at its best; <see cref="Items"/> where a whole row is made at once.</summary>
    int PreferredPanel { get; }

    /// <summary>
    /// Writes the score of <c>users[u]</c> and item <c>firstItem + i</c> to <c>scores[u * stride + i]</c>, for i below <paramref name="itemCount"/>.
    /// </summary>
    void Score(ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride);
}

/// <summary>A scorer that is an inner product of factors, which retrieval may fuse with its selection.</summary>
internal interface IFactorScorer : IBlockScorer
{
    InnerProducts Products { get; }
}

/// <summary>
/// A scorer that scores single pairs at the cost of those pairs, with the bits that retrieval gives them. Those of a block may differ in the last place, where
/// its product is summed in pieces.
/// </summary>
internal interface IPairScorer : IBlockScorer
{
    /// <summary>Writes the score of <paramref name="user"/> and <c>items[k]</c> to <c>scores[k]</c>.</summary>
    void Score(int user, ReadOnlySpan<int> items, Span<float> scores);
}

/// <summary>A scorer that can say which history items carried a score (Hu, Koren and Volinsky 2008, eq. 7, for ALS).</summary>
internal interface IContributionScorer : IBlockScorer
{
    /// <summary>Writes to <c>contributions[h]</c> what <c>history[h]</c> adds to the score of (<paramref name="user"/>, <paramref name="item"/>).</summary>
    void Contributions(int user, int item, ReadOnlySpan<int> history, Span<float> contributions);
}

/// <summary>A scorer made of several kinds of evidence that can say which carries a score.</summary>
internal interface ISourceScorer : IBlockScorer
{
    CandidateSource SourceOf(int user, int item);
}
