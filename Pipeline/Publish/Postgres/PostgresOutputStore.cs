using System.Text.Json;
using Dapper;
using Npgsql;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Publish.Postgres;

/// <summary>The output tables in one schema of a PostgreSQL database.</summary>
internal sealed partial class PostgresOutputStore : IOutputStore
{
    private const int TitlesAtOnce = 5_000;

    private readonly PostgresDatabase _database;
    private readonly FencingToken? _fence;
    private readonly TitleCache _titles;

    /// <param name="fence">The writer's lease, which every writing transaction checks.</param>
    public PostgresOutputStore(PostgresDatabase database, FencingToken? fence = null)
    {
        (_database, _fence) = (database, fence);
        _titles = new TitleCache(Titles);
        database.Migrate(PostgresOutputSchema.Part, PostgresOutputSchema.Scripts);
        database.Migrate(PlaceSql.Part, PlaceSql.PostgresScripts);
    }

    public string? Current
    {
        get
        {
            using var connection = _database.Open();
            return connection.ExecuteScalar<string?>("SELECT version FROM versions WHERE state = 'current'");
        }
    }

    public IReadOnlyList<VersionRecord> Versions() => ReadVersions("ORDER BY number DESC", new { });

    public VersionRecord? Find(string version) =>
        ReadVersions("WHERE version = @version", new { version = PostgresText.Encode(version) }) is [var found] ? found : null;

    public IVersionTables Stage(VersionRecord version)
    {
        Delete(version.Version);
        int number = Insert(version with { State = VersionState.Staged });
        var connection = _database.Open();
        try
        {
            return new PostgresVersionTables(_database, connection, _fence, number);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Switch(string version, bool isRollback = false)
    {
        using var connection = _database.Open();
        using var transaction = _database.Begin(connection, _fence);
        string? state = connection.ExecuteScalar<string?>(
            "SELECT state FROM versions WHERE version = @version FOR UPDATE", new { version = PostgresText.Encode(version) });
        if (state is not ("retired" or "current"))
        {
            throw new ConfigurationException(
                $"version '{version}' {(state is null ? "does not exist" : "is " + state)}; expected a complete one, see 'versions list'");
        }
        if (isRollback) MarkRolledBack(connection, version);
        // Two statements, in this order: a unique index allows one current version at any moment.
        connection.Execute("UPDATE versions SET state = 'retired' WHERE state = 'current'");
        connection.Execute(
            """
            UPDATE versions SET state = 'current', rolled_back = false,
                titles_revision = coalesce(versions.titles_revision, (SELECT t.revision FROM titles_revision t))
            WHERE version = @version
            """,
            new { version = PostgresText.Encode(version) });
        transaction.Commit();
    }

    /// <summary>
    /// Marks what a rollback takes back: whatever is newer than its target, and the version that is left, which may be older where a night made equal lists
    /// again. A target that is marked itself is a step forward: it takes back no older version, and those up to it are no longer marked.
    /// </summary>
    private static void MarkRolledBack(NpgsqlConnection connection, string version)
    {
        var target = new { version = PostgresText.Encode(version) };
        connection.Execute(
            """
            UPDATE versions SET rolled_back = true WHERE state IN ('retired', 'current') AND version <> @version
                AND (number > (SELECT number FROM versions WHERE version = @version)
                    OR state = 'current' AND NOT (SELECT rolled_back FROM versions WHERE version = @version))
            """,
            target);
        connection.Execute(
            """
            UPDATE versions SET rolled_back = false WHERE number <= (SELECT number FROM versions WHERE version = @version AND rolled_back)
            """,
            target);
    }

    public void Reject(VersionRecord version)
    {
        // Equal lists may have been published before the gate grew stricter: those stay as they are.
        if (Find(version.Version) is { IsComplete: true }) return;
        Delete(version.Version);
        Insert(version with { State = VersionState.Rejected });
    }

    public void Delete(string version)
    {
        using var connection = _database.Open();
        using (var transaction = _database.Begin(connection, _fence))
        {
            if (connection.ExecuteScalar<string?>(
                "SELECT state FROM versions WHERE version = @version FOR UPDATE", new { version = PostgresText.Encode(version) }) == "current")
            {
                throw new ConfigurationException($"version '{version}' is the current one and cannot be deleted; switch to another first");
            }
            connection.Execute(
                """
                DELETE FROM segment_defaults_rows WHERE number = (SELECT number FROM versions WHERE version = @version);
                DELETE FROM versions WHERE version = @version;
                """,
                new { version = PostgresText.Encode(version) });
            transaction.Commit();
        }
        LeftoverPartitions.Drop(connection);
    }

    /// <summary>Drops what readers were still looking at when its version was deleted; a dropped table's space is free at once.</summary>
    public void Shrink()
    {
        using var connection = _database.Open();
        LeftoverPartitions.Drop(connection);
    }

    public void SaveTitles(IEnumerable<ItemTitle> titles)
    {
        using var connection = _database.Open();
        foreach (var portion in titles.Chunk(TitlesAtOnce))
        {
            // The fence locks the lease's row: a transaction over all titles would keep the writer's own heartbeat waiting.
            using var transaction = _database.Begin(connection, _fence);
            // The last of equal ids counts, as it would if they were saved one by one.
            var rows = portion.GroupBy(t => t.ItemId, StringComparer.Ordinal).Select(g => g.Last()).ToArray();
            int changed = connection.Execute(
                """
                INSERT INTO item_titles (item_id, title, category, price, search_text, category_confidence)
                SELECT * FROM unnest(@ids, @titles, @categories, @prices, @search, @confidence)
                ON CONFLICT (item_id) DO UPDATE SET title = excluded.title, category = excluded.category, price = excluded.price,
                    search_text = excluded.search_text, category_confidence = excluded.category_confidence
                WHERE (item_titles.title, item_titles.category, item_titles.price, item_titles.search_text, item_titles.category_confidence)
                    IS DISTINCT FROM (excluded.title, excluded.category, excluded.price, excluded.search_text, excluded.category_confidence)
                """,
                new
                {
                    ids = Array.ConvertAll(rows, t => PostgresText.Encode(t.ItemId)),
                    titles = Array.ConvertAll(rows, t => t.Title is { } title ? PostgresText.Encode(title) : null),
                    categories = Array.ConvertAll(rows, t => t.Category is { } category ? PostgresText.Encode(category) : null),
                    prices = Array.ConvertAll(rows, t => t.Price),
                    search = Array.ConvertAll(rows, t => PostgresText.Encode(SearchText.Of(t))),
                    confidence = Array.ConvertAll(rows, t => t.CategoryConfidence),
                });
            if (changed > 0) connection.Execute("UPDATE titles_revision SET revision = revision + 1");
            transaction.Commit();
        }
    }

    private int Insert(VersionRecord v)
    {
        using var connection = _database.Open();
        using var transaction = _database.Begin(connection, _fence);
        int number = connection.ExecuteScalar<int>(
            """
            INSERT INTO versions (version, run_id, created, state, rows, users, options_hash, window_from, window_to, metrics, manifest_sha256, base_version)
            VALUES (
                @version, @RunId, @created, @state, @Rows, @Users, @OptionsHash, @WindowFrom, @WindowTo, CAST(@metrics AS jsonb), @ManifestSha256,
                @baseVersion)
            RETURNING number
            """,
            new
            {
                version = PostgresText.Encode(v.Version),
                v.RunId,
                created = v.Created.UtcDateTime,
                state = v.State.ToString().ToLowerInvariant(),
                v.Rows,
                v.Users,
                v.OptionsHash,
                v.WindowFrom,
                v.WindowTo,
                metrics = JsonSerializer.Serialize(v.Metrics.Where(m => double.IsFinite(m.Value)).ToDictionary()),
                v.ManifestSha256,
                baseVersion = PostgresText.Encode(v.Base ?? ""),
            });
        transaction.Commit();
        return number;
    }

    private VersionRecord[] ReadVersions(string where, object arguments)
    {
        using var connection = _database.Open();
        return [.. connection.Query("SELECT * FROM versions " + where, arguments).Select(r => new VersionRecord(
            PostgresText.Decode((string)r.version), r.run_id, new DateTimeOffset((DateTime)r.created), Enum.Parse<VersionState>((string)r.state, true), r.rows,
            r.users,
            r.options_hash, r.window_from, r.window_to, JsonSerializer.Deserialize<Dictionary<string, double>>((string)r.metrics)!, r.manifest_sha256)
            {
                Base = (string)r.base_version is { Length: > 0 } name ? PostgresText.Decode(name) : null,
                RolledBack = r.rolled_back,
                Forgotten = r.forgotten,
            })];
    }
}
