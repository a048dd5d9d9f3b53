namespace Recsys.Batch.Pipeline.Publish;

/// <summary>How a person finds a user or an item in what is published.</summary>
internal interface IOutputSearch
{
    /// <summary>
    /// Items whose id, title or category holds every word of <paramref name="text"/>, in whatever case: the one of exactly that id first, then by title.
    /// </summary>
    /// <param name="limit">1 or more.</param>
    IReadOnlyList<ItemTitle> SearchItems(string text, int limit);

    /// <summary>Users with a list in the current version whose id starts with <paramref name="prefix"/>, in ordinal order.</summary>
    /// <param name="limit">1 or more.</param>
    IReadOnlyList<string> SearchUsers(string prefix, int limit);

    /// <summary>
    /// Users of the current version whose list has the item, in ordinal order of their ids. It looks through the lists, about a second for each ten million
    /// entries.
    /// </summary>
    /// <param name="limit">1 or more.</param>
    IReadOnlyList<ItemPosition> ListsWith(string itemId, int limit);
}

/// <summary>Where an item stands on someone's list.</summary>
/// <param name="Rank">1 for the first.</param>
internal sealed record ItemPosition(string UserId, int Rank, double Score);
