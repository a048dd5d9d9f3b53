using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Recsys.Batch.Pipeline.Storage;

/// <summary>One SQLite file: how it is opened, and how its schema moves forward. Write-ahead logging lets readers go on while a night is written.</summary>
internal sealed class SqliteDatabase : IOutputDatabase
{
    private const int BusyMilliseconds = 10_000;

    private readonly string _connection;

    static SqliteDatabase() => SQLitePCL.Batteries_V2.Init();

    public SqliteDatabase(string path)
    {
        Path = path;
        _connection = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = BusyMilliseconds / 1000 }.ToString();
    }

    public string Path { get; }

    public OutputEngine Engine => OutputEngine.Sqlite;

    public string Description => Path;

    public SqliteConnection Open()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
        var connection = new SqliteConnection(_connection);
        try
        {
            connection.Open();
            // FULL: what a commit has promised stays after a power cut, before the file that names the version is renamed.
            connection.Execute(
                $"PRAGMA busy_timeout={BusyMilliseconds}; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                + $"PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public bool HasTables() => File.Exists(Path);

    DbConnection IOutputDatabase.Open() => Open();

    public IWriteTransaction Begin(DbConnection connection, FencingToken? fence = null) => WriteTransaction.Begin((SqliteConnection)connection, fence);

    public object? Value(object? value) =>
        value is DateTimeOffset time ? time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture) : value;

    /// <summary>Tells those who keep connections open to close them.</summary>
    internal event Action? Disposing;

    public void Dispose() => Disposing?.Invoke();

    /// <summary>
    /// Brings one part of the schema up to its newest version; script i takes it from version i to i + 1, each in a transaction of its own.
    /// </summary>
    /// <exception cref="Errors.RunFailedException">The file was written by a newer program.</exception>
    public void Migrate(string part, IReadOnlyList<string> scripts)
    {
        using var connection = Open();
        // A look first: readers come through here too, and must not wait for the writer's lock.
        if (VersionOf(connection, part) == scripts.Count) return;
        while (true)
        {
            using var transaction = WriteTransaction.Begin(connection);
            int version = VersionOf(connection, part);
            if (version > scripts.Count)
            {
                throw new Errors.RunFailedException(
                    $"{Path}: part '{part}' has schema version {version}, and this program knows {scripts.Count}; use the newer program, "
                    + $"or another output folder");
            }
            if (version == scripts.Count) return;
            connection.Execute("CREATE TABLE IF NOT EXISTS schema_versions (part TEXT PRIMARY KEY, version INTEGER NOT NULL)");
            connection.Execute(scripts[version]);
            connection.Execute(
                "INSERT INTO schema_versions VALUES (@part, @version) ON CONFLICT (part) DO UPDATE SET version = excluded.version",
                new { part, version = version + 1 });
            transaction.Commit();
        }
    }

    private static int VersionOf(SqliteConnection connection, string part) =>
        connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_schema WHERE name = 'schema_versions'") == 0
            ? 0
            : connection.ExecuteScalar<int?>("SELECT version FROM schema_versions WHERE part = @part", new { part }) ?? 0;
}
