using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Publish;

/// <summary>
/// The tables that downstream reads (design section 5). Versions are staged out of sight, then one transaction makes one of them current.
/// Every engine behind it passes the same contract tests. One writer at a time; readers whenever they like, from any thread.
/// </summary>
internal interface IOutputStore : IPublishedReads, IOutputSearch
{
    /// <summary>The version that readers get; null before the first night.</summary>
    string? Current { get; }

    /// <summary>All versions, newest first; <see cref="VersionState.Staged"/> ones are what a killed publish left.</summary>
    IReadOnlyList<VersionRecord> Versions();

    VersionRecord? Find(string version);

    /// <summary>Begins a version. Rows of an unfinished or rejected one of that name are replaced.</summary>
    IVersionTables Stage(VersionRecord version);

    /// <summary>Makes a complete version current and retires the one before, in one transaction.</summary>
    /// <param name="isRollback">An operator goes back to it: the complete versions after it are marked as rolled back.</param>
    /// <exception cref="Errors.ConfigurationException">There is no complete version of that name.</exception>
    void Switch(string version, bool isRollback = false);

    /// <summary>Records a version that a gate refused; it has no rows.</summary>
    void Reject(VersionRecord version);

    /// <summary>Deletes a version and its rows; the current one is never deleted.</summary>
    void Delete(string version);

    /// <summary>Gives disk space of deleted versions back to the operating system as far as that needs no reader to wait.</summary>
    void Shrink();

    /// <summary>Adds items, or replaces what was said of them.</summary>
    void SaveTitles(IEnumerable<ItemTitle> titles);

    /// <summary>A user's list in a complete version (null: the current one), best first; empty where that user has none.</summary>
    IReadOnlyList<ListEntry> List(string userId, string? version = null);

    /// <summary>Segment defaults of a complete version (null: the current one), by segment and rank.</summary>
    IReadOnlyList<SegmentEntry> SegmentDefaults(string? version = null);

    /// <summary>Neighbors of an item in a complete version (null: the current one), by source and rank; empty where it has none.</summary>
    IReadOnlyList<NeighborEntry> Neighbors(string itemId, string? version = null);

    /// <summary>The first keys of a place in the current version, in ordinal order; empty where it has no rows.</summary>
    /// <param name="limit">1 or more.</param>
    IReadOnlyList<string> PlaceKeys(PlaceTable table, int limit);

    /// <summary>What is known of those items, by id; unknown ones are left out.</summary>
    IReadOnlyDictionary<string, ItemTitle> Titles(IEnumerable<string> itemIds);

    /// <summary>Ids of all users with a list in a complete version.</summary>
    IEnumerable<string> UserIds(string version);

    /// <summary>Ids of all users whom a place names in a complete version.</summary>
    /// <param name="table">One of users.</param>
    IEnumerable<string> UserIds(PlaceTable table, string version);

    /// <summary>
    /// Deletes the lists and the places' rows of some users of a complete version and says so in its row, in one transaction: readers see the version before
    /// or after it.
    /// </summary>
    /// <param name="version">The version as it is afterwards: rows, users, manifest and how many were forgotten.</param>
    /// <returns>Rows deleted.</returns>
    long Forget(VersionRecord version, IReadOnlyCollection<string> userIds);

    /// <summary>Overwrites what was deleted in the database's files, as far as the engine lets a client do that.</summary>
    /// <returns>What is left for an operator to do, in a sentence; null where nothing is.</returns>
    string? Erase();

    /// <summary>Items of every list of a complete version, user by user in ordinal order of their ids.</summary>
    IEnumerable<(string UserId, IReadOnlyList<string> ItemIds)> Lists(string version);
}

/// <summary>The rows of one version on their way in.</summary>
internal interface IVersionTables : IDisposable
{
    void Append(RecommendationBlock lists, IdMap users, IdMap items);

    void Append(IReadOnlyList<SegmentEntry> defaults);

    /// <summary>Adds neighbors; items in ordinal order of their ids across all calls make the inserts append.</summary>
    void Append(IReadOnlyList<NeighborEntry> neighbors);

    /// <summary>Adds rows of a place; keys in ordinal order across all calls make the inserts append.</summary>
    /// <param name="columns">As the table has them.</param>
    void Append(PlaceTable table, IReadOnlyList<Column> columns, int rowCount);

    /// <summary>
    /// Marks the version complete, not yet current. Without it, what was appended goes away with the next <see cref="IOutputStore.Stage"/> or recovery.
    /// </summary>
    void Complete(VersionRecord version);
}
