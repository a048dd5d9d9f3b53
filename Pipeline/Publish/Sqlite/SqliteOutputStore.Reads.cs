using System.Text.Json;
using Dapper;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Publish.Sqlite;

internal sealed partial class SqliteOutputStore
{
    public IReadOnlyList<ListEntry> List(string userId, string? version = null) => Read(userId, version)?.Entries ?? [];

    public IReadOnlyList<NeighborEntry> Neighbors(string itemId, string? version = null) => ReadNeighbors(itemId, version)?.Entries ?? [];

    public IReadOnlyList<SegmentEntry> SegmentDefaults(string? version = null)
    {
        using var connection = _database.Open();
        string from = version is null ? "current_segment_defaults" : "segment_defaults WHERE version = @version";
        return [.. connection.Query($"SELECT segment, rank, item_id, score FROM {from} ORDER BY segment, rank", new { version })
            .Select(r => new SegmentEntry(r.segment, (int)r.rank, r.item_id, r.score))];
    }

    public IReadOnlyDictionary<string, ItemTitle> Titles(IEnumerable<string> itemIds)
    {
        using var reader = _readers.Rent();
        return reader.Titles(itemIds);
    }

    public IEnumerable<(string UserId, IReadOnlyList<string> ItemIds)> Lists(string version)
    {
        using var connection = _database.Open();
        string? user = null;
        var items = new List<string>();
        foreach (var (userId, itemId) in connection.Query<(string, string)>(
            "SELECT user_id, item_id FROM user_recommendations WHERE version = @version ORDER BY user_id, rank", new { version }, buffered: false))
        {
            if (userId != user)
            {
                if (user is not null) yield return (user, items.ToArray());
                (user, items) = (userId, []);
            }
            items.Add(itemId);
        }
        if (user is not null) yield return (user, items.ToArray());
    }

    public PublishedList? Read(string userId, string? version = null)
    {
        using var reader = _readers.Rent();
        return reader.InOneSnapshot(version, (number, tag) => Titled(tag, reader.List(number, userId), reader));
    }

    public PublishedList? ReadSegment(string segment, string? version = null)
    {
        using var reader = _readers.Rent();
        return reader.InOneSnapshot(version, (number, tag) => Titled(tag, reader.Segment(number, segment), reader));
    }

    public PublishedNeighbors? ReadNeighbors(string itemId, string? version = null)
    {
        using var reader = _readers.Rent();
        return reader.InOneSnapshot(version, (number, tag) => reader.Neighbors(number, itemId) is { Count: > 0 } entries
            ? new PublishedNeighbors(tag, entries, reader.Titles(entries.Select(e => e.NeighborId).Distinct()))
            : null);
    }

    public PublishedPlace? ReadPlace(PlaceTable table, string key, string? version = null)
    {
        using var reader = _readers.Rent();
        return reader.InOneSnapshot(version, (number, tag) => reader.Place(table, number, key) is { Count: > 0 } rows
            ? new PublishedPlace(tag, rows, reader.Titles(rows.Select(r => r.ItemId).Distinct()))
            : null);
    }

    public IReadOnlyList<string> PlaceKeys(PlaceTable table, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        using var connection = _database.Open();
        return [.. connection.Query<string>($"SELECT DISTINCT {table.Key} FROM current_{table.Name} ORDER BY {table.Key} LIMIT @limit", new { limit })];
    }

    public VersionTag? Tag(string? version = null)
    {
        using var reader = _readers.Rent();
        return reader.InOneSnapshot(version, (_, tag) => tag);
    }

    public IReadOnlyList<ItemTitle> SearchItems(string text, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        using var connection = _database.Open();
        return [.. connection.Query(
            """
            SELECT item_id, title, category, price, category_confidence FROM item_titles
            WHERE NOT EXISTS (SELECT 1 FROM json_each(@words) w WHERE instr(search_text, w.value) = 0)
            ORDER BY item_id <> @text, title, item_id LIMIT @limit
            """,
            new { words = JsonSerializer.Serialize(SearchText.Words(text)), text = text.Trim(), limit })
            .Select(r => new ItemTitle(r.item_id, r.title, r.category, r.price, r.category_confidence))];
    }

    public IReadOnlyList<string> SearchUsers(string prefix, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        using var connection = _database.Open();
        return [.. connection.Query<string>(
            "SELECT user_id FROM current_user_recommendations WHERE user_id >= @prefix AND user_id < @after AND rank = 1 ORDER BY user_id LIMIT @limit",
            new { prefix, after = SearchText.After(prefix), limit })];
    }

    public IReadOnlyList<ItemPosition> ListsWith(string itemId, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        using var connection = _database.Open();
        return [
            .. connection.Query("SELECT user_id, rank, score FROM current_user_recommendations WHERE item_id = @itemId ORDER BY user_id LIMIT @limit", new
            {
                itemId,
                limit,
            })
            .Select(r => new ItemPosition(r.user_id, (int)r.rank, r.score))];
    }

    private static PublishedList? Titled(VersionTag tag, IReadOnlyList<ListEntry> entries, SqliteReader reader) =>
        entries.Count == 0 ? null : new PublishedList(tag, entries, reader.Titles(entries.SelectMany(e => e.ReasonItems.Append(e.ItemId)).Distinct()));
}
