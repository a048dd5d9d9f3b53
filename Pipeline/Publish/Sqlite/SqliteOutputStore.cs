using System.Globalization;
using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Publish.Sqlite;

/// <summary>The output tables in one SQLite file.</summary>
public sealed class SqliteOutputStore : IOutputStore
{
    private readonly SqliteDatabase _database;

    public SqliteOutputStore(SqliteDatabase database)
    {
        _database = database;
        database.Migrate(SqliteOutputSchema.Part, SqliteOutputSchema.Scripts);
    }

    public string? Current
    {
        get
        {
            using var connection = _database.Open();
            return connection.ExecuteScalar<string?>("SELECT version FROM versions WHERE state = 'current'");
        }
    }

    public IReadOnlyList<VersionRecord> Versions() => Read("ORDER BY number DESC", null);

    public VersionRecord? Find(string version) => Read("WHERE version = @version", new { version }) is [var found] ? found : null;

    public IVersionTables Stage(VersionRecord version)
    {
        Delete(version.Version);
        var connection = _database.Open();
        try
        {
            return new SqliteVersionTables(connection, Insert(connection, version with { State = VersionState.Staged }));
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Switch(string version)
    {
        using var connection = _database.Open();
        using var transaction = WriteTransaction.Begin(connection);
        string? state = connection.ExecuteScalar<string?>("SELECT state FROM versions WHERE version = @version", new { version });
        if (state is not ("retired" or "current")) throw new ConfigurationException($"version '{version}' {(state is null ? "does not exist" : "is " + state)}; expected a complete one, see 'versions list'");
        // Two statements, in this order: a unique index allows one current version at any moment.
        connection.Execute("UPDATE versions SET state = 'retired' WHERE state = 'current'");
        connection.Execute("UPDATE versions SET state = 'current' WHERE version = @version", new { version });
        transaction.Commit();
    }

    public void Reject(VersionRecord version)
    {
        // Equal lists may have been published before the gate grew stricter: those stay as they are.
        if (Find(version.Version) is { IsComplete: true }) return;
        Delete(version.Version);
        using var connection = _database.Open();
        Insert(connection, version with { State = VersionState.Rejected });
    }

    public void Delete(string version)
    {
        using var connection = _database.Open();
        using var transaction = WriteTransaction.Begin(connection);
        if (connection.ExecuteScalar<string?>("SELECT state FROM versions WHERE version = @version", new { version }) == "current")
            throw new ConfigurationException($"version '{version}' is the current one and cannot be deleted; switch to another first");
        connection.Execute(
            """
            DELETE FROM user_recommendations_rows WHERE number = (SELECT number FROM versions WHERE version = @version);
            DELETE FROM segment_defaults_rows WHERE number = (SELECT number FROM versions WHERE version = @version);
            DELETE FROM versions WHERE version = @version;
            """,
            new { version });
        transaction.Commit();
    }

    public void SaveTitles(IEnumerable<ItemTitle> titles)
    {
        using var connection = _database.Open();
        using var transaction = WriteTransaction.Begin(connection);
        connection.Execute(
            """
            INSERT INTO item_titles VALUES (@ItemId, @Title, @Category, @Price)
            ON CONFLICT (item_id) DO UPDATE SET title = excluded.title, category = excluded.category, price = excluded.price
            """,
            titles);
        transaction.Commit();
    }

    public IReadOnlyList<ListEntry> List(string userId, string? version = null)
    {
        using var connection = _database.Open();
        string from = version is null ? "current_user_recommendations WHERE" : "user_recommendations WHERE version = @version AND";
        return [.. connection.Query($"SELECT rank, item_id, score, relevance, diversity_gain, reason_code, reason_items, source, propensity FROM {from} user_id = @userId ORDER BY rank", new { userId, version })
            .Select(r => new ListEntry((int)r.rank, r.item_id, r.score, r.relevance, r.diversity_gain, r.reason_code, JsonSerializer.Deserialize<string[]>((string)r.reason_items)!, r.source, r.propensity))];
    }

    public IReadOnlyList<SegmentEntry> SegmentDefaults(string? version = null)
    {
        using var connection = _database.Open();
        string from = version is null ? "current_segment_defaults" : "segment_defaults WHERE version = @version";
        return [.. connection.Query($"SELECT segment, rank, item_id, score FROM {from} ORDER BY segment, rank", new { version })
            .Select(r => new SegmentEntry(r.segment, (int)r.rank, r.item_id, r.score))];
    }

    public IReadOnlyDictionary<string, ItemTitle> Titles(IEnumerable<string> itemIds)
    {
        using var connection = _database.Open();
        var found = new Dictionary<string, ItemTitle>(StringComparer.Ordinal);
        foreach (string id in itemIds)
        {
            if (connection.QueryFirstOrDefault("SELECT item_id, title, category, price FROM item_titles WHERE item_id = @id", new { id }) is { } r)
                found[id] = new ItemTitle(r.item_id, r.title, r.category, r.price);
        }
        return found;
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

    private static long Insert(SqliteConnection connection, VersionRecord v)
    {
        long number = connection.ExecuteScalar<long>("SELECT coalesce(max(number), 0) + 1 FROM versions");
        connection.Execute(
            "INSERT INTO versions VALUES (@Version, @number, @RunId, @created, @state, @Rows, @Users, @OptionsHash, @WindowFrom, @WindowTo, @metrics, @ManifestSha256)",
            new
            {
                v.Version,
                number,
                v.RunId,
                created = v.Created.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
                state = v.State.ToString().ToLowerInvariant(),
                v.Rows,
                v.Users,
                v.OptionsHash,
                v.WindowFrom,
                v.WindowTo,
                metrics = JsonSerializer.Serialize(v.Metrics.Where(m => double.IsFinite(m.Value)).ToDictionary()),
                v.ManifestSha256,
            });
        return number;
    }

    private VersionRecord[] Read(string where, object? arguments)
    {
        using var connection = _database.Open();
        return [.. connection.Query("SELECT * FROM versions " + where, arguments).Select(r => new VersionRecord(
            r.version, r.run_id, DateTimeOffset.Parse((string)r.created, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            Enum.Parse<VersionState>((string)r.state, true), r.rows, r.users, r.options_hash, r.window_from, r.window_to,
            JsonSerializer.Deserialize<Dictionary<string, double>>((string)r.metrics)!, r.manifest_sha256))];
    }
}
