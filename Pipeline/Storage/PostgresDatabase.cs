using System.Data.Common;
using Dapper;
using Npgsql;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Storage;

/// <summary>One schema of a PostgreSQL database: how it is connected to, and how its tables move forward. Connections and statements are kept.</summary>
internal sealed class PostgresDatabase : IOutputDatabase
{
    /// <summary>A writer that stops inside a transaction is put out by the server after this many seconds, so that its lease can be taken over.</summary>
    private const int IdleInTransactionSeconds = 20;

    private readonly NpgsqlDataSource _source;

    /// <exception cref="ConfigurationException">The connection string cannot be used.</exception>
    public PostgresDatabase(string connectionString, string schema)
    {
        Schema = schema;
        var settings = PostgresConnection.Parse(connectionString);
        Description = $"{settings.Host}:{settings.Port}/{settings.Database}, schema {schema}";
        settings.SearchPath = Quoted(schema);
        settings.ApplicationName ??= "recsys-batch";
        if (!settings.ContainsKey("Max Auto Prepare")) settings.MaxAutoPrepare = 40;
        if (!settings.ContainsKey("Auto Prepare Min Usages")) settings.AutoPrepareMinUsages = 2;
        _source = NpgsqlDataSource.Create(settings);
    }

    public OutputEngine Engine => OutputEngine.PostgreSql;

    public string Description { get; }

    public string Schema { get; }

    public NpgsqlConnection Open()
    {
        try
        {
            return _source.OpenConnection();
        }
        catch (NpgsqlException e)
        {
            throw new RunFailedException(
                $"PostgreSQL at {Description} cannot be used: {PostgresConnection.Cause(e)}; see 'doctor', Publish:Connection and whether the server runs", e);
        }
    }

    DbConnection IOutputDatabase.Open() => Open();

    public IWriteTransaction Begin(DbConnection connection, FencingToken? fence = null)
    {
        var transaction = new PostgresTransaction(((NpgsqlConnection)connection).BeginTransaction());
        try
        {
            Guard((NpgsqlConnection)connection, fence);
            return transaction;
        }
        catch
        {
            transaction.Dispose();
            throw;
        }
    }

    /// <summary>Holds the lease's row to the end of the transaction: whoever wants to take it over waits until then.</summary>
    /// <exception cref="RunFailedException">The writer's lease was taken over.</exception>
    internal static void Guard(NpgsqlConnection connection, FencingToken? fence)
    {
        connection.Execute(FormattableString.Invariant($"SET LOCAL idle_in_transaction_session_timeout = '{IdleInTransactionSeconds}s'"));
        fence?.Require(connection.ExecuteScalar<long?>("SELECT token FROM leases WHERE name = @Lease FOR SHARE", new { fence.Lease }));
    }

    /// <summary>
    /// Says why a writer's statement failed, where that is for its lease having been taken over: the next writer has cleared its tables away.
    /// </summary>
    /// <exception cref="RunFailedException">It was.</exception>
    internal void RequireStillHeld(FencingToken? fence)
    {
        if (fence is null) return;
        using var connection = Open();
        fence.Require(connection.ExecuteScalar<long?>("SELECT token FROM leases WHERE name = @Lease", new { fence.Lease }));
    }

    /// <summary>Whether anything was ever made in the schema.</summary>
    public bool HasTables()
    {
        using var connection = Open();
        return Exists(connection);
    }

    public PostgresServerFacts Look()
    {
        using var connection = Open();
        var (version, number, user, mayWrite) = connection.QuerySingle<(string, int, string, bool)>(
            """
            SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000, current_user::text,
                coalesce(
                    (SELECT has_schema_privilege(oid, 'CREATE') AND has_schema_privilege(oid, 'USAGE') FROM pg_catalog.pg_namespace WHERE nspname = @Schema),
                    has_database_privilege(current_database(), 'CREATE'))
            """,
            new { Schema });
        var parts = Exists(connection)
            ? connection.Query<(string Part, int Version)>("SELECT part, version FROM schema_versions ORDER BY part").ToDictionary(p => p.Part, p => p.Version)
            : [];
        return new PostgresServerFacts(version, number, user, mayWrite, parts);
    }

    public void Migrate(string part, IReadOnlyList<string> scripts)
    {
        using var connection = Open();
        // A look first: readers come through here too, who may have no right to make tables.
        if (VersionOf(connection, part) == scripts.Count) return;
        while (true)
        {
            using var transaction = connection.BeginTransaction();
            // Hosts that start at once wait here for one another. The number is this program's own, the second key is the schema's.
            connection.Execute("SELECT pg_advisory_xact_lock(hashtextextended('recsys-batch migration of ' || @Schema, 0))", new { Schema });
            int version = VersionOf(connection, part);
            if (version > scripts.Count)
            {
                throw new RunFailedException(
                    $"PostgreSQL at {Description}: part '{part}' has schema version {version}, and this program knows {scripts.Count}; use the newer program, "
                    + $"or another Publish:Schema");
            }
            if (version == scripts.Count) return;
            if (!Exists(connection))
            {
                connection.Execute(
                    $"CREATE SCHEMA IF NOT EXISTS {Quoted(Schema)}; CREATE TABLE schema_versions (part text PRIMARY KEY, version integer NOT NULL)");
            }
            connection.Execute(scripts[version]);
            connection.Execute(
                "INSERT INTO schema_versions VALUES (@part, @version) ON CONFLICT (part) DO UPDATE SET version = excluded.version",
                new { part, version = version + 1 });
            transaction.Commit();
        }
    }

    public object? Value(object? value) => value switch
    {
        DateTimeOffset time => time.UtcDateTime,
        string text => PostgresText.Shown(text),
        _ => value,
    };

    public void Dispose() => _source.Dispose();

    internal static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private bool Exists(NpgsqlConnection connection) =>
        connection.ExecuteScalar<bool>(
            "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = @Schema AND tablename = 'schema_versions')", new { Schema });

    private int VersionOf(NpgsqlConnection connection, string part) =>
        Exists(connection) ? connection.ExecuteScalar<int?>("SELECT version FROM schema_versions WHERE part = @part", new { part }) ?? 0 : 0;

    private sealed class PostgresTransaction(NpgsqlTransaction transaction) : IWriteTransaction
    {
        public void Commit() => transaction.Commit();

        public void Dispose() => transaction.Dispose();
    }
}
