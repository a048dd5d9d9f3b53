using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>One entry of a list: which candidate, and the two summands of the objective when it was chosen.</summary>
/// <param name="Position">Index into the candidates.</param>
/// <param name="Relevance">From 0 to 1.</param>
/// <param name="DiversityGain">lambda times what the item adds to the diversity of the entries before it.</param>
internal readonly record struct ListEntry(int Position, float Relevance, float DiversityGain)
{
    /// <summary>What rules of the shop add to its relevance.</summary>
    public float Boost { get; init; }

    public float Score => Relevance + DiversityGain + Boost;
}

/// <summary>
/// Chooses and orders a list out of candidates by one objective, <c>relevance + lambda * diversity</c>. Immutable; safe to call from many threads.
/// </summary>
internal interface IDiversifier
{
    /// <summary>Fills <paramref name="list"/>, best first, and returns its length: as many entries as fit or as there are candidates.</summary>
    /// <param name="user">Whose list it is, for methods that look at a user's history.</param>
    /// <param name="items">Candidate items by descending relevance.</param>
    /// <param name="relevance">Aligned with <paramref name="items"/>, not ascending, from 0 to 1.</param>
    int Choose(int user, ReadOnlySpan<int> items, ReadOnlySpan<float> relevance, Span<ListEntry> list);

    /// <summary>
    /// The same under rules of the shop. A method that does not see to them itself is the order of relevance where they have something to say.
    /// </summary>
    /// <param name="rest">Takes what each candidate would add to the finished list; empty: nobody asks.</param>
    int Choose(
        int user, ReadOnlySpan<int> items, ReadOnlySpan<float> relevance, Span<ListEntry> list, IListSelection? selection, Span<float> rest) =>
        new GreedyDiversifier(new UserLambda(0)).Choose(user, items, relevance, list, selection, rest);
}
