using Dapper;
using Npgsql;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Publish.Postgres;

internal sealed partial class PostgresOutputStore
{
    public IEnumerable<string> UserIds(string version)
    {
        using var connection = _database.Open();
        using var command = new NpgsqlCommand(
            "SELECT DISTINCT r.user_id FROM user_recommendations_rows r WHERE r.number = (SELECT number FROM versions WHERE version = $1)", connection)
        {
            CommandTimeout = 0,
            Parameters = { new() { Value = PostgresText.Encode(version) } },
        };
        using var rows = command.ExecuteReader();
        while (rows.Read()) yield return Text(rows, 0);
    }

    public IEnumerable<string> UserIds(PlaceTable table, string version)
    {
        using var connection = _database.Open();
#pragma warning disable CA2100 // Names of our own tables.
        using var command = new NpgsqlCommand(
            $"SELECT DISTINCT r.{PlaceTable.UserColumn} FROM {PlaceSql.Rows(table)} r "
            + "WHERE r.number = (SELECT number FROM versions WHERE version = $1)",
            connection)
        {
            CommandTimeout = 0,
            Parameters = { new() { Value = PostgresText.Encode(version) } },
        };
#pragma warning restore CA2100
        using var rows = command.ExecuteReader();
        while (rows.Read()) yield return Text(rows, 0);
    }

    public long Forget(VersionRecord version, IReadOnlyCollection<string> userIds)
    {
        using var connection = _database.Open();
        using var transaction = _database.Begin(connection, _fence);
        int number = connection.ExecuteScalar<int>(
            "SELECT number FROM versions WHERE version = @version FOR UPDATE", new { version = PostgresText.Encode(version.Version) });
        long rows = connection.Execute(
            $"DELETE FROM {VersionPartition.Lists.Table(number)} WHERE user_id = ANY(@users)",
            new { users = userIds.Select(PostgresText.Encode).ToArray() }, commandTimeout: 0);
        foreach (string table in PlaceTables.All.Where(t => t.NamesUsers).Select(PlaceSql.Rows))
        {
            // Over the parent: a version has a partition only where the place had rows.
            connection.Execute(
                $"DELETE FROM {table} WHERE number = @number AND user_id = ANY(@users)",
                new { number, users = userIds.Select(PostgresText.Encode).ToArray() }, commandTimeout: 0);
        }
        connection.Execute(
            """
            UPDATE versions SET rows = @Rows, users = @Users, manifest_sha256 = @ManifestSha256, forgotten = @Forgotten WHERE number = @number;
            UPDATE titles_revision SET revision = revision + 1;
            """,
            new { number, version.Rows, version.Users, version.ManifestSha256, version.Forgotten });
        transaction.Commit();
        return rows;
    }

    public string? Erase()
    {
        using var connection = _database.Open();
        // Of versions that were deleted while somebody read them.
        LeftoverPartitions.Drop(connection);
        foreach (var version in connection.Query<int>("SELECT number FROM versions WHERE forgotten > 0").ToList())
        {
            connection.Execute($"VACUUM (ANALYZE) {VersionPartition.Lists.Table(version)}", commandTimeout: 0);
            foreach (var table in PlaceTables.All.Where(t => t.NamesUsers))
            {
                string partition = VersionPartition.Of(table).Table(version);
                if (connection.ExecuteScalar<bool>("SELECT to_regclass(@partition) IS NOT NULL", new { partition }))
                    connection.Execute($"VACUUM (ANALYZE) {partition}", commandTimeout: 0);
            }
        }
        return $"PostgreSQL keeps deleted rows in its write-ahead log, on replicas and in pages until they are used again: archived logs and base backups of "
            + $"{_database.Description} are the server's to let go; VACUUM FULL writes the tables anew";
    }
}
