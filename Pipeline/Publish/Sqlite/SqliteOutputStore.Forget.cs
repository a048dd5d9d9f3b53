using Dapper;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Publish.Sqlite;

internal sealed partial class SqliteOutputStore
{
    public IEnumerable<string> UserIds(string version)
    {
        using var connection = _database.Open();
        foreach (string user in connection.Query<string>(
            "SELECT DISTINCT user_id FROM user_recommendations WHERE version = @version", new { version }, buffered: false))
        {
            yield return user;
        }
    }

    public IEnumerable<string> UserIds(PlaceTable table, string version)
    {
        using var connection = _database.Open();
        foreach (string user in connection.Query<string>(
            $"SELECT DISTINCT {PlaceTable.UserColumn} FROM {table.Name} WHERE version = @version", new { version }, buffered: false))
        {
            yield return user;
        }
    }

    public long Forget(VersionRecord version, IReadOnlyCollection<string> userIds)
    {
        using var connection = _database.Open();
        // What is deleted is overwritten in the pages that stay.
        connection.Execute("PRAGMA secure_delete=ON");
        using var transaction = WriteTransaction.Begin(connection, _fence);
        long number = connection.ExecuteScalar<long>("SELECT number FROM versions WHERE version = @Version", new { version.Version });
        long rows = 0;
        foreach (string table in PlaceTables.All.Where(t => t.NamesUsers).Select(PlaceSql.Rows))
            foreach (string userId in userIds) connection.Execute($"DELETE FROM {table} WHERE number = @number AND user_id = @userId", new { number, userId });
        foreach (string userId in userIds)
            rows += connection.Execute("DELETE FROM user_recommendations_rows WHERE number = @number AND user_id = @userId", new { number, userId });
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
        // Pages of versions that were deleted earlier hold their rows until the file is written anew.
        // The copy that is made of it meanwhile goes to the disk: it may be larger than memory.
        connection.Execute("PRAGMA temp_store=FILE; PRAGMA secure_delete=ON; VACUUM", commandTimeout: 0);
        var (busy, _, _) = connection.QuerySingle<(long Busy, long Log, long Checkpointed)>("PRAGMA wal_checkpoint(TRUNCATE)");
        return busy == 0 ? null : $"somebody was reading {_database.Path}, so its write-ahead log still holds old pages: ask again once they have ended";
    }
}
