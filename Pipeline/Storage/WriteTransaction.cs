using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Recsys.Batch.Pipeline.Storage;

/// <summary>
/// BEGIN IMMEDIATE to COMMIT. SQLite itself rolls back where a disk is full; the library's own transaction then fails on being disposed and hides
/// the cause, so this one asks SQLite first whether there is anything left to roll back.
/// </summary>
internal sealed class WriteTransaction : IWriteTransaction
{
    private readonly SqliteConnection _connection;

    private WriteTransaction(SqliteConnection connection) => _connection = connection;

    /// <exception cref="Errors.RunFailedException">The writer's lease was taken over.</exception>
    public static WriteTransaction Begin(SqliteConnection connection, FencingToken? fence = null)
    {
        connection.Execute("BEGIN IMMEDIATE");
        var transaction = new WriteTransaction(connection);
        if (fence is null) return transaction;
        try
        {
            // Whoever wants to take the lease over waits for the end of this transaction.
            fence.Require(connection.ExecuteScalar<long?>("SELECT token FROM leases WHERE name = @Lease", new { fence.Lease }));
            return transaction;
        }
        catch
        {
            transaction.Dispose();
            throw;
        }
    }

    public void Commit() => _connection.Execute("COMMIT");

    public void Dispose()
    {
        if (raw.sqlite3_get_autocommit(_connection.Handle!) == 0) _connection.Execute("ROLLBACK");
    }
}
