namespace Recsys.Batch.Pipeline.Data;

/// <summary>What lists have to keep to beyond relevance and diversity. Immutable; safe to call from many threads.</summary>
internal interface IListConstraints
{
    /// <summary>Names of all rules, by number less 1.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Items that a rule puts onto the user's list by name: they go before their doubles and variants.</summary>
    IReadOnlyList<int> Named(int user);

    /// <summary>Whether a rule wants the item on lists, though it may not be among the best: it stays at hand.</summary>
    bool IsAskedFor(int item);

    /// <summary>Begins a user's list; null where no rule has anything to say of it.</summary>
    /// <param name="items">Candidate items by descending relevance.</param>
    /// <param name="length">Entries of the list at most.</param>
    /// <param name="isLast">No more candidates can be had: a cap yields before the list runs short.</param>
    IListSelection? Begin(int user, ReadOnlySpan<int> items, int length, bool isLast);
}

/// <summary>Which candidates may take the next place of one list, and where they stand on it. Of one user and one thread.</summary>
internal interface IListSelection
{
    /// <summary>What is added to a candidate's relevance in the objective.</summary>
    ReadOnlySpan<float> Boosts { get; }

    /// <summary>The candidate to take next; -1 where the list is done.</summary>
    /// <param name="objective">What every candidate is worth now; those taken do not matter.</param>
    int Next(ReadOnlySpan<float> objective);

    /// <summary>Whether the order in which candidates were taken is not the list's.</summary>
    bool HasPlaces { get; }

    /// <summary>The place that a taken candidate has to have, from 0; -1 where any will do.</summary>
    int PlaceOf(int candidate);

    /// <summary>Number of the rule that put a taken candidate there; 0 where none did.</summary>
    int RuleOf(int candidate);

    /// <summary>Numbers of rules that could not hold on this list.</summary>
    IReadOnlyList<int> Yielded { get; }
}
