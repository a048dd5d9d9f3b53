using System.Text.Json;
using Dapper;
using Npgsql;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Publish.Postgres;

internal sealed partial class PostgresOutputStore
{
    // Subqueries rather than a join: the server knows the one partition before it opens any. $2 is the version that was asked for.
    private const string TitleChanges = "(SELECT t.revision FROM titles_revision t) - coalesce(versions.titles_revision, 0)";
    private const string CurrentVersion = "FROM versions WHERE state = 'current'";
    private const string NamedVersion = "FROM versions WHERE version = $2 AND state IN ('current', 'retired')";

    public IReadOnlyList<ListEntry> List(string userId, string? version = null) => Read(userId, version)?.Entries ?? [];

    public IReadOnlyList<NeighborEntry> Neighbors(string itemId, string? version = null) => ReadNeighbors(itemId, version)?.Entries ?? [];

    public PublishedList? Read(string userId, string? version = null) => Titled(version, One(
        userId, version,
        "rank, item_id, score, relevance, diversity_gain, reason_code, reason_items, source, propensity, promoted, reason_features, reason_shares",
        "user_recommendations_rows",
        "user_id", "rank",
        r => new ListEntry(
            r.GetInt32(1), Text(r, 2), r.GetFloat(3), r.GetFloat(4), r.GetFloat(5), r.GetString(6), JsonSerializer.Deserialize<string[]>(Text(r, 7))!,
            r.GetString(8), r.GetFloat(9))
        {
            Promoted = Text(r, 10),
            Features = ListColumns.ReadFeatures(MaybeText(r, 11), MaybeText(r, 12)),
        }));

    public PublishedList? ReadSegment(string segment, string? version = null) => Titled(version, One(
        segment, version, "rank, item_id, score", "segment_defaults_rows", "segment", "rank",
        r => ListEntry.Default(new SegmentEntry(segment, r.GetInt32(1), Text(r, 2), r.GetDouble(3)))));

    public PublishedNeighbors? ReadNeighbors(string itemId, string? version = null)
    {
        var (tag, entries) = One(
            itemId, version, "rank, neighbor_id, score, source", "item_neighbors_rows", "item_id", "source, rank",
            r => new NeighborEntry(itemId, r.GetInt32(1), Text(r, 2), r.GetFloat(3), Text(r, 4)));
        return entries.Count == 0 ? null : new PublishedNeighbors(tag!, entries, TitlesOf(version, tag!, entries.Select(e => e.NeighborId)));
    }

    public PublishedPlace? ReadPlace(PlaceTable table, string key, string? version = null)
    {
        var (tag, rows) = One(
            key, version, PlaceSql.Columns(table), PlaceSql.Rows(table), table.Key, string.Join(", ", table.KeyNames),
            r => new PlaceRow(table, [.. table.Columns.Select((column, c) => Value(r, column, c + 1))]));
        return rows.Count == 0 ? null : new PublishedPlace(tag!, rows, TitlesOf(version, tag!, rows.Select(r => r.ItemId)));
    }

    public IReadOnlyList<string> PlaceKeys(PlaceTable table, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        using var connection = _database.Open();
        return [
            .. connection.Query<string>($"SELECT DISTINCT {table.Key} FROM current_{table.Name} ORDER BY {table.Key} LIMIT @limit", new { limit })
            .Select(PostgresText.Decode)];
    }

    private static object Value(NpgsqlDataReader row, ColumnField column, int c) => column.Type switch
    {
        ColumnType.Utf8 => Text(row, c),
        ColumnType.Int32 => row.GetInt32(c),
        _ => row.GetDouble(c),
    };

    public IReadOnlyList<SegmentEntry> SegmentDefaults(string? version = null)
    {
        using var connection = _database.Open();
        string from = version is null ? "current_segment_defaults" : "segment_defaults WHERE version = @version";
        return [
            .. connection.Query($"SELECT segment, rank, item_id, score FROM {from} ORDER BY segment, rank", new
            {
                version = version is null ? null : PostgresText.Encode(version),
            })
            .Select(r => new SegmentEntry(PostgresText.Decode((string)r.segment), (int)r.rank, PostgresText.Decode((string)r.item_id), r.score))];
    }

    public IReadOnlyDictionary<string, ItemTitle> Titles(IEnumerable<string> itemIds)
    {
        using var connection = _database.Open();
        return connection.Query(
            "SELECT item_id, title, category, price, category_confidence FROM item_titles WHERE item_id = ANY(@ids)",
            new { ids = itemIds.Select(PostgresText.Encode).ToArray() })
            .Select(r => (ItemTitle)Title(r)).ToDictionary(t => t.ItemId, StringComparer.Ordinal);
    }

    public IEnumerable<(string UserId, IReadOnlyList<string> ItemIds)> Lists(string version)
    {
        using var connection = _database.Open();
        using var command = new NpgsqlCommand(
            "SELECT r.user_id, r.item_id FROM user_recommendations_rows r WHERE r.number = (SELECT number FROM versions WHERE version = $1 "
            + "AND state IN ('current', 'retired')) ORDER BY r.user_id, r.rank",
            connection)
        { CommandTimeout = 0, Parameters = { new() { Value = PostgresText.Encode(version) } } };
        using var rows = command.ExecuteReader();
        string? user = null;
        var items = new List<string>();
        while (rows.Read())
        {
            string userId = Text(rows, 0);
            if (userId != user)
            {
                if (user is not null) yield return (user, items.ToArray());
                (user, items) = (userId, []);
            }
            items.Add(Text(rows, 1));
        }
        if (user is not null) yield return (user, items.ToArray());
    }

    public VersionTag? Tag(string? version = null)
    {
        using var connection = _database.Open();
#pragma warning disable CA2100 // Made of constants.
        using var command = new NpgsqlCommand(
            $"SELECT version, {TitleChanges} {(version is null ? CurrentVersion : NamedVersion.Replace("$2", "$1", StringComparison.Ordinal))}", connection);
#pragma warning restore CA2100
        if (version is not null) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = PostgresText.Encode(version) });
        using var reader = command.ExecuteReader();
        return reader.Read() ? new VersionTag(Text(reader, 0), reader.GetInt64(1)) : null;
    }

    public IReadOnlyList<ItemTitle> SearchItems(string text, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        using var connection = _database.Open();
        return [.. connection.Query(
            """
            SELECT item_id, title, category, price, category_confidence FROM item_titles
            WHERE NOT EXISTS (SELECT 1 FROM unnest(@words) w WHERE strpos(search_text, w) = 0)
            ORDER BY item_id <> @text, title NULLS FIRST, item_id LIMIT @limit
            """,
            new { words = Array.ConvertAll(SearchText.Words(text), PostgresText.Encode), text = PostgresText.Encode(text.Trim()), limit })
            .Select(r => (ItemTitle)Title(r))];
    }

    public IReadOnlyList<string> SearchUsers(string prefix, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        using var connection = _database.Open();
        return [.. connection.Query<string>(
            "SELECT user_id FROM current_user_recommendations WHERE user_id >= @prefix AND user_id < @after AND rank = 1 ORDER BY user_id LIMIT @limit",
            new { prefix = PostgresText.Encode(prefix), after = SearchText.After(PostgresText.Encode(prefix)), limit }).Select(PostgresText.Decode)];
    }

    public IReadOnlyList<ItemPosition> ListsWith(string itemId, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        using var connection = _database.Open();
        return [.. connection.Query(
            "SELECT user_id, rank, score FROM current_user_recommendations WHERE item_id = @itemId ORDER BY user_id LIMIT @limit",
            new { itemId = PostgresText.Encode(itemId), limit })
            .Select(r => new ItemPosition(PostgresText.Decode((string)r.user_id), (int)r.rank, r.score))];
    }

    /// <summary>Rows of one key in one version, with the version's name before them and the changes of titles behind: one statement, so one snapshot.</summary>
    private (
        VersionTag? Tag, List<T> Rows) One<T>(string id, string? version, string columns, string table, string key, string order, Func<NpgsqlDataReader, T> row)
    {
        string from = version is null ? CurrentVersion : NamedVersion;
        using var connection = _database.Open();
#pragma warning disable CA2100 // Made of constants.
        using var command = new NpgsqlCommand(
            $"SELECT (SELECT version {from}), {columns}, (SELECT {TitleChanges} {from}) FROM {table} "
            + $"WHERE number = (SELECT number {from}) AND {key} = $1 ORDER BY {order}",
            connection);
#pragma warning restore CA2100
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = PostgresText.Encode(id) });
        if (version is not null) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = PostgresText.Encode(version) });
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        VersionTag? tag = null;
        while (reader.Read())
        {
            tag ??= new VersionTag(Text(reader, 0), reader.GetInt64(reader.FieldCount - 1));
            rows.Add(row(reader));
        }
        return (tag, rows);
    }

    private PublishedList? Titled(string? asked, (VersionTag? Tag, List<ListEntry> Entries) list) => list.Entries.Count == 0
        ? null
        : new PublishedList(list.Tag!, list.Entries, TitlesOf(asked, list.Tag!, list.Entries.SelectMany(e => e.ReasonItems.Append(e.ItemId))));

    private IReadOnlyDictionary<string, ItemTitle> TitlesOf(string? asked, VersionTag tag, IEnumerable<string> ids) =>
        asked is null ? _titles.Of(tag, ids) : Titles(ids.Distinct(StringComparer.Ordinal));

    private static ItemTitle Title(dynamic r) => new(
        PostgresText.Decode((string)r.item_id), r.title is null ? null : PostgresText.Decode((string)r.title),
        r.category is null ? null : PostgresText.Decode((string)r.category), r.price, r.category_confidence);

    private static string? MaybeText(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : Text(row, column);

    private static string Text(NpgsqlDataReader row, int column) => PostgresText.Decode(row.GetString(column));
}
