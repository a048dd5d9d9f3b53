using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Publish;

/// <summary>
/// What a page or the API asks for, each answer from one snapshot: the entries, the version they belong to and the titles of the items in them. Made for
/// many callers at once: connections and statements are kept, an answer is one round trip.
/// </summary>
internal interface IPublishedReads
{
    /// <summary>A user's list in a complete version (null: the current one).</summary>
    /// <returns>Null where that user has no list, or nothing is published, or there is no such complete version.</returns>
    PublishedList? Read(string userId, string? version = null);

    /// <summary>What users without history get.</summary>
    /// <returns>Null where the segment has no entries, or nothing is published, or there is no such complete version.</returns>
    PublishedList? ReadSegment(string segment, string? version = null);

    /// <summary>Neighbors of an item.</summary>
    /// <returns>Null where the item has none, or nothing is published, or there is no such complete version.</returns>
    PublishedNeighbors? ReadNeighbors(string itemId, string? version = null);

    /// <summary>Rows of a place by the first column of its key, the table's others in order.</summary>
    /// <returns>Null where there are none, or nothing is published, or there is no such complete version.</returns>
    PublishedPlace? ReadPlace(PlaceTable table, string key, string? version = null);

    /// <summary>What answers of a complete version (null: the current one) are equal by at this moment; null where there is none.</summary>
    VersionTag? Tag(string? version = null);
}

/// <param name="Entries">Best first, never empty.</param>
/// <param name="Titles">Of the entries' items and of the items that their reasons name; unknown ones are left out.</param>
internal sealed record PublishedList(VersionTag Tag, IReadOnlyList<ListEntry> Entries, IReadOnlyDictionary<string, ItemTitle> Titles)
{
    public string Version => Tag.Version;
}

/// <param name="Entries">By source and rank, never empty.</param>
/// <param name="Titles">Of the neighbors; unknown ones are left out.</param>
internal sealed record PublishedNeighbors(VersionTag Tag, IReadOnlyList<NeighborEntry> Entries, IReadOnlyDictionary<string, ItemTitle> Titles)
{
    public string Version => Tag.Version;
}
