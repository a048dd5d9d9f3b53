using System.Globalization;
using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Publish.Sqlite;

/// <summary>The output tables in one SQLite file.</summary>
internal sealed partial class SqliteOutputStore : IOutputStore
{
    private const int RowsAtOnce = 100_000;
    private const int PagesAtOnce = 4_096;

    private readonly SqliteDatabase _database;
    private readonly SqliteReaderPool _readers;
    private readonly FencingToken? _fence;

    /// <param name="fence">What every writing transaction checks; null where the caller keeps other writers away by a lock.</param>
    public SqliteOutputStore(SqliteDatabase database, FencingToken? fence = null)
    {
        (_database, _readers, _fence) = (database, new SqliteReaderPool(database), fence);
        database.Migrate(SqliteOutputSchema.Part, SqliteOutputSchema.Scripts);
        database.Migrate(PlaceSql.Part, PlaceSql.SqliteScripts);
    }

    public string? Current
    {
        get
        {
            using var connection = _database.Open();
            return connection.ExecuteScalar<string?>("SELECT version FROM versions WHERE state = 'current'");
        }
    }

    public IReadOnlyList<VersionRecord> Versions() => ReadVersions("ORDER BY number DESC", null);

    public VersionRecord? Find(string version) => ReadVersions("WHERE version = @version", new { version }) is [var found] ? found : null;

    public IVersionTables Stage(VersionRecord version)
    {
        Delete(version.Version);
        var connection = _database.Open();
        try
        {
            return new SqliteVersionTables(connection, _fence, Insert(connection, version with { State = VersionState.Staged }));
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
        using var transaction = WriteTransaction.Begin(connection, _fence);
        string? state = connection.ExecuteScalar<string?>("SELECT state FROM versions WHERE version = @version", new { version });
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
            UPDATE versions SET state = 'current', rolled_back = 0, titles_revision = coalesce(titles_revision, (SELECT revision FROM titles_revision))
            WHERE version = @version
            """,
            new { version });
        transaction.Commit();
    }

    /// <summary>
    /// Marks what a rollback takes back: whatever is newer than its target, and the version that is left, which may be older where a night made equal lists
    /// again. A target that is marked itself is a step forward: it takes back no older version, and those up to it are no longer marked.
    /// </summary>
    private static void MarkRolledBack(SqliteConnection connection, string version)
    {
        var target = new { version };
        connection.Execute(
            """
            UPDATE versions SET rolled_back = 1 WHERE state IN ('retired', 'current') AND version <> @version
                AND (number > (SELECT number FROM versions WHERE version = @version)
                    OR state = 'current' AND NOT (SELECT rolled_back = 1 FROM versions WHERE version = @version))
            """,
            target);
        connection.Execute(
            """
            UPDATE versions SET rolled_back = 0 WHERE number <= (SELECT number FROM versions WHERE version = @version AND rolled_back = 1)
            """,
            target);
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
        long? number;
        using (var transaction = WriteTransaction.Begin(connection, _fence))
        {
            if (connection.ExecuteScalar<string?>("SELECT state FROM versions WHERE version = @version", new { version }) == "current")
                throw new ConfigurationException($"version '{version}' is the current one and cannot be deleted; switch to another first");
            // Out of sight first; where this is cut short, recovery finds a staged version and deletes it.
            number = connection.ExecuteScalar<long?>("UPDATE versions SET state = 'staged' WHERE version = @version RETURNING number", new { version });
            transaction.Commit();
        }
        if (number is null) return;
        DeleteRows(connection, "user_recommendations_rows", "user_id", number.Value);
        DeleteRows(connection, "item_neighbors_rows", "item_id", number.Value);
        foreach (var table in PlaceTables.All) DeleteRows(connection, PlaceSql.Rows(table), table.Key, number.Value);
        using var last = WriteTransaction.Begin(connection, _fence);
        connection.Execute("DELETE FROM segment_defaults_rows WHERE number = @number; DELETE FROM versions WHERE number = @number", new { number });
        last.Commit();
    }

    public void Shrink()
    {
        using var connection = _database.Open();
        // The next night writes where the oldest one was: only a file that is mostly free is worth the work. While someone reads, it keeps its length until the
        // next time.
        var (free, pages) = Free(connection);
        if (free * 2 > pages)
        {
            // A file of an earlier program is copied once as a whole.
            if (connection.ExecuteScalar<long>("PRAGMA auto_vacuum") != 2) connection.Execute("PRAGMA auto_vacuum=INCREMENTAL; VACUUM");
            else for (; free > 0; free -= PagesAtOnce) connection.Query($"PRAGMA incremental_vacuum({PagesAtOnce})");
        }
        connection.Execute("PRAGMA busy_timeout=0; PRAGMA wal_checkpoint(TRUNCATE)");
    }

    public void SaveTitles(IEnumerable<ItemTitle> titles)
    {
        using var connection = _database.Open();
        using var transaction = WriteTransaction.Begin(connection, _fence);
        int changed = connection.Execute(
            """
            INSERT INTO item_titles (item_id, title, category, price, search_text, category_confidence)
            VALUES (@ItemId, @Title, @Category, @Price, @Search, @CategoryConfidence)
            ON CONFLICT (item_id) DO UPDATE SET title = excluded.title, category = excluded.category, price = excluded.price,
                search_text = excluded.search_text, category_confidence = excluded.category_confidence
            WHERE (item_titles.title, item_titles.category, item_titles.price, item_titles.search_text, item_titles.category_confidence)
                IS NOT (excluded.title, excluded.category, excluded.price, excluded.search_text, excluded.category_confidence)
            """,
            titles.Select(t => new { t.ItemId, t.Title, t.Category, t.Price, Search = SearchText.Of(t), t.CategoryConfidence }));
        if (changed > 0) connection.Execute("UPDATE titles_revision SET revision = revision + 1");
        transaction.Commit();
    }

    private static (long Free, long Pages) Free(SqliteConnection connection) =>
        (connection.ExecuteScalar<long>("PRAGMA freelist_count"), connection.ExecuteScalar<long>("PRAGMA page_count"));

    /// <summary>In portions: those who renew a lease or write a log line wait for none longer than a moment.</summary>
    private void DeleteRows(SqliteConnection connection, string table, string key, long number)
    {
        int deleted;
        do
        {
            using var transaction = WriteTransaction.Begin(connection, _fence);
            deleted = connection.Execute(
                $"""
                DELETE FROM {table} WHERE number = @number AND {key} <= coalesce(
                    (SELECT {key} FROM {table} WHERE number = @number ORDER BY {key} LIMIT 1 OFFSET {RowsAtOnce}),
                    (SELECT max({key}) FROM {table} WHERE number = @number))
                """,
                new { number });
            transaction.Commit();
        }
        while (deleted > 0);
    }

    private long Insert(SqliteConnection connection, VersionRecord v)
    {
        using var transaction = WriteTransaction.Begin(connection, _fence);
        long number = connection.ExecuteScalar<long>("SELECT coalesce(max(number), 0) + 1 FROM versions");
        connection.Execute(
            "INSERT INTO versions VALUES (@Version, @number, @RunId, @created, @state, @Rows, @Users, @OptionsHash, @WindowFrom, @WindowTo, @metrics, "
            + "@ManifestSha256, @baseVersion, 0, NULL, 0)",
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
                baseVersion = v.Base ?? "",
            });
        transaction.Commit();
        return number;
    }

    private static string? NoneIfEmpty(string text) => text.Length == 0 ? null : text;

    private VersionRecord[] ReadVersions(string where, object? arguments)
    {
        using var connection = _database.Open();
        return [.. connection.Query("SELECT * FROM versions " + where, arguments).Select(r => new VersionRecord(
            r.version, r.run_id, DateTimeOffset.Parse((string)r.created, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            Enum.Parse<VersionState>((string)r.state, true), r.rows, r.users, r.options_hash, r.window_from, r.window_to,
            JsonSerializer.Deserialize<Dictionary<string, double>>((string)r.metrics)!, r.manifest_sha256)
            {
                Base = NoneIfEmpty(r.base_version),
                RolledBack = r.rolled_back != 0,
                Forgotten = (int)r.forgotten,
            })];
    }
}
