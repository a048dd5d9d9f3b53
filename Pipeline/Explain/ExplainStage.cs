using System.Buffers;
using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Explain;

/// <summary>
/// Says why an entry stands on its list: the items of the user's history that contribute most to its score. A scorer that can take its score apart
/// (<see cref="IContributionScorer"/>) is asked; for others an item's share is its similarity to the entry times its weight in the history.
/// An entry that came from text, or that nothing of the history speaks for, names the items of the history that are said to be most like it; where there are
/// none, it is there because it is popular. Where the strongest item is one that the user rated well, those are named that were.
/// </summary>
internal sealed class ExplainStage
{
    private readonly IContributionScorer? _contributions;
    private readonly ISourceScorer? _sources;
    private readonly SparseRows _history;
    private readonly RatedPairs? _ratings;
    private readonly EmbeddingTable? _embeddings;
    private readonly ExplainOptions _options;

    /// <param name="scorer">The scorer that made the lists.</param>
    /// <param name="history">The interactions it scores by, users x items.</param>
    /// <param name="embeddings">Similarity for scorers that cannot take their score apart; null leaves those without reason items.</param>
    public ExplainStage(IBlockScorer scorer, InteractionMatrix history, EmbeddingTable? embeddings, ExplainOptions options)
    {
        _contributions = scorer as IContributionScorer;
        _sources = scorer as ISourceScorer;
        _history = history.ByUser;
        _ratings = history.Ratings;
        _embeddings = embeddings;
        _options = options;
    }

    /// <summary>Items in text's space, for entries that text brought, or that nothing else speaks for; null leaves it out.</summary>
    public EmbeddingTable? Text { get; init; }

    /// <summary>
    /// Writes <see cref="RecommendationBlock.Reasons"/> and <see cref="RecommendationBlock.ReasonItems"/>, and where a scorer of several kinds of evidence says
    /// so, <see cref="RecommendationBlock.Sources"/>. Safe to call from many threads with a block each.
    /// </summary>
    /// <param name="only">Entries that are wanted; null: all.</param>
    public void Run(RecommendationBlock block, bool[]? only = null)
    {
        int longest = 1;
        foreach (int user in block.Users) longest = Math.Max(longest, _history.RowLength(user));
        var shares = ArrayPool<float>.Shared.Rent(longest);
        for (int u = 0; u < block.Users.Length; u++)
        {
            int user = block.Users[u];
            var history = _history.RowIndices(user);
            for (int entry = block.Offsets[u]; entry < block.Offsets[u + 1]; entry++)
            {
                if (only?[entry] == false) continue;
                var into = shares.AsSpan(0, history.Length);
                var reasons = block.ReasonItems.AsSpan(entry * RecommendationBlock.MaxReasonItems, RecommendationBlock.MaxReasonItems);
                if (_sources is not null && block.Sources[entry] == CandidateSource.Cf) block.Sources[entry] = _sources.SourceOf(user, block.Items[entry]);
                block.Reasons[entry] = ReasonOf(user, block.Items[entry], block.Sources[entry], history, into, reasons);
            }
        }
        ArrayPool<float>.Shared.Return(shares);
    }

    private ReasonCode ReasonOf(int user, int item, CandidateSource source, ReadOnlySpan<int> history, Span<float> shares, Span<int> reasons)
    {
        if (source is CandidateSource.Promoted or CandidateSource.Control)
        {
            reasons.Fill(-1);
            return source == CandidateSource.Promoted ? ReasonCode.Promoted : ReasonCode.Popular;
        }
        if (source == CandidateSource.Text && IsSimilar(item, history, shares, reasons)) return ReasonCode.SimilarText;
        Shares(user, item, history, shares);
        if (Strongest(history, shares, reasons)) return RatedWell(user, reasons) ? ReasonCode.RatedWell : ReasonCode.BecauseYouBought;
        return IsSimilar(item, history, shares, reasons) ? ReasonCode.SimilarText : ReasonCode.Popular;
    }

    /// <summary>Whether the first reason is an item that the user rated well; then the others stay only where they were too.</summary>
    private bool RatedWell(int user, Span<int> reasons)
    {
        if (_ratings is null || !_ratings.IsLiked(user, reasons[0])) return false;
        int kept = 1;
        for (int r = 1; r < reasons.Length && reasons[r] >= 0; r++)
            if (_ratings.IsLiked(user, reasons[r])) reasons[kept++] = reasons[r];
        reasons[kept..].Fill(-1);
        return true;
    }

    /// <summary>Whether items of the history are said to be much the same; the most similar are the reasons.</summary>
    private bool IsSimilar(int item, ReadOnlySpan<int> history, Span<float> shares, Span<int> reasons)
    {
        if (Text is null) return false;
        var row = Text.Vectors.Row(item);
        for (int h = 0; h < history.Length; h++)
        {
            float cosine = TensorPrimitives.Dot(row, Text.Vectors.Row(history[h]));
            shares[h] = cosine >= _options.MinTextSimilarity ? cosine : 0;
        }
        return Strongest(history, shares, reasons);
    }

    private void Shares(int user, int item, ReadOnlySpan<int> history, Span<float> shares)
    {
        if (_contributions is not null)
        {
            if (history.Length > 0) _contributions.Contributions(user, item, history, shares);
            return;
        }
        shares.Clear();
        if (_embeddings is null) return;
        var weights = _history.RowValues(user);
        var row = _embeddings.Vectors.Row(item);
        for (int h = 0; h < history.Length; h++)
            shares[h] = weights[h] * TensorPrimitives.Dot(row, _embeddings.Vectors.Row(history[h]));
    }

    /// <summary>Moves the strongest positive shares to <paramref name="reasons"/>, ties to the smaller item; false where there are none.</summary>
    private bool Strongest(ReadOnlySpan<int> history, Span<float> shares, Span<int> reasons)
    {
        reasons.Fill(-1);
        float least = 0;
        for (int r = 0; r < _options.ReasonItems; r++)
        {
            int best = -1;
            for (int h = 0; h < history.Length; h++)
                if (shares[h] > 0 && shares[h] >= least && (best < 0 || shares[h] > shares[best])) best = h;
            if (best < 0) return r > 0;
            reasons[r] = history[best];
            if (r == 0) least = shares[best] * (float)_options.MinShare;
            shares[best] = float.NegativeInfinity;
        }
        return true;
    }
}
