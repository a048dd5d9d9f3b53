using System.Text.Json;
using Microsoft.Data.Sqlite;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Publish.Sqlite;

/// <summary>One connection with its statements prepared, for one reader at a time; disposing gives it back to be used again.</summary>
internal sealed class SqliteReader : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Action<SqliteReader> _giveBack;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _end;
    private readonly SqliteCommand _current;
    private readonly SqliteCommand _named;
    private readonly SqliteCommand _list;
    private readonly SqliteCommand _segment;
    private readonly SqliteCommand _neighbors;
    private readonly SqliteCommand _title;

    private readonly Dictionary<string, SqliteCommand> _places = new(StringComparer.Ordinal);

    public SqliteReader(SqliteConnection connection, Action<SqliteReader> giveBack)
    {
        (_connection, _giveBack) = (connection, giveBack);
        _begin = Prepare("BEGIN");
        _end = Prepare("COMMIT");
        const string Version = "SELECT number, version, (SELECT revision FROM titles_revision) - coalesce(titles_revision, 0) FROM versions WHERE ";
        _current = Prepare(Version + "state = 'current'");
        _named = Prepare(Version + "version = $id AND state IN ('current', 'retired')", "$id");
        _list = Prepare(
            "SELECT rank, item_id, score, relevance, diversity_gain, reason_code, reason_items, source, propensity, promoted, reason_features, reason_shares "
            + "FROM user_recommendations_rows WHERE number = $number AND user_id = $id ORDER BY rank",
            "$number", "$id");
        _segment = Prepare("SELECT rank, item_id, score FROM segment_defaults_rows WHERE number = $number AND segment = $id ORDER BY rank", "$number", "$id");
        _neighbors = Prepare(
            "SELECT item_id, rank, neighbor_id, score, source FROM item_neighbors_rows WHERE number = $number AND item_id = $id ORDER BY source, rank",
            "$number", "$id");
        _title = Prepare("SELECT item_id, title, category, price, category_confidence FROM item_titles WHERE item_id = $id", "$id");
    }

    /// <summary>Runs <paramref name="read"/> with the number and tag of a complete version (null: the current one), all of it in one snapshot.</summary>
    public T? InOneSnapshot<T>(string? version, Func<long, VersionTag, T?> read) where T : class
    {
        _begin.ExecuteNonQuery();
        try
        {
            var found = version is null ? Rows(_current, Tagged) : Rows(_named, Tagged, version);
            return found is [var (number, tag)] ? read(number, tag) : null;
        }
        finally
        {
            _end.ExecuteNonQuery();
        }
    }

    private static (long Number, VersionTag Tag) Tagged(SqliteDataReader row) => (row.GetInt64(0), new VersionTag(row.GetString(1), row.GetInt64(2)));

    public IReadOnlyList<ListEntry> List(long number, string userId) => Rows(
        _list,
        r => new ListEntry(
            r.GetInt32(0), r.GetString(1), r.GetDouble(2), r.GetDouble(3), r.GetDouble(4), r.GetString(5),
            JsonSerializer.Deserialize<string[]>(r.GetString(6))!, r.GetString(7), r.GetDouble(8))
        {
            Promoted = r.GetString(9),
            Features = ListColumns.ReadFeatures(Text(r, 10), Text(r, 11)),
        },
        number, userId);

    public IReadOnlyList<ListEntry> Segment(long number, string segment) => Rows(
        _segment, r => ListEntry.Default(new SegmentEntry(segment, r.GetInt32(0), r.GetString(1), r.GetDouble(2))), number, segment);

    public IReadOnlyList<NeighborEntry> Neighbors(long number, string itemId) => Rows(
        _neighbors, r => new NeighborEntry(r.GetString(0), r.GetInt32(1), r.GetString(2), (float)r.GetDouble(3), r.GetString(4)), number, itemId);

    public IReadOnlyList<PlaceRow> Place(PlaceTable table, long number, string key)
    {
        if (!_places.TryGetValue(table.Name, out var command))
        {
            _places[table.Name] = command = Prepare(
                $"SELECT {PlaceSql.Columns(table)} FROM {PlaceSql.Rows(table)} WHERE number = $number AND {table.Key} = $id "
                + $"ORDER BY {string.Join(", ", table.KeyNames)}",
                "$number", "$id");
        }
        return Rows(command, row => new PlaceRow(table, [.. table.Columns.Select((column, c) => Value(row, column, c))]), number, key);
    }

    private static object Value(SqliteDataReader row, ColumnField column, int c) => column.Type switch
    {
        ColumnType.Utf8 => row.GetString(c),
        ColumnType.Int32 => row.GetInt32(c),
        _ => row.GetDouble(c),
    };

    public Dictionary<string, ItemTitle> Titles(IEnumerable<string> itemIds)
    {
        var found = new Dictionary<string, ItemTitle>(StringComparer.Ordinal);
        foreach (string id in itemIds)
            foreach (var title in Rows(_title, r => new ItemTitle(r.GetString(0), Text(r, 1), Text(r, 2), Number(r, 3), Number(r, 4)), id))
                found[id] = title;
        return found;
    }

    public void Dispose() => _giveBack(this);

    /// <summary>Closes the connection for good.</summary>
    public void Close()
    {
        foreach (var command in (SqliteCommand[])[_begin, _end, _current, _named, _list, _segment, _neighbors, _title, .. _places.Values]) command.Dispose();
        _connection.Dispose();
    }

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static double? Number(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);

    private static List<T> Rows<T>(SqliteCommand command, Func<SqliteDataReader, T> row, params ReadOnlySpan<object> values)
    {
        for (int i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(row(reader));
        return rows;
    }

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // The texts are the constants above, and names of our own tables.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (string name in parameters) command.Parameters.Add(new SqliteParameter(name, null));
        return command;
    }
}
