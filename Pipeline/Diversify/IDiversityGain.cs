namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>
/// One kind of diversity, for <see cref="GreedyDiversifier"/>: what a candidate would add to the entries before it. Immutable; safe to call from many threads.
/// </summary>
internal interface IDiversityGain
{
    /// <summary>Begins a list.</summary>
    /// <param name="user">Whose list it is.</param>
    /// <param name="items">Candidate items by descending relevance.</param>
    /// <param name="relevance">Aligned with <paramref name="items"/>, from 0 to 1.</param>
    IListGain Begin(int user, ReadOnlySpan<int> items, ReadOnlySpan<float> relevance);
}

/// <summary>What candidates would add to one list as it grows.</summary>
internal interface IListGain : IDisposable
{
    /// <summary>Adds every candidate's gain to <paramref name="gains"/>; what is added for those that were chosen already does not matter.</summary>
    void AddTo(Span<float> gains);

    /// <summary>The candidate at <paramref name="position"/> was chosen.</summary>
    void Take(int position);
}
