using Dapper;
using Npgsql;

namespace Recsys.Batch.Pipeline.Publish.Postgres;

/// <summary>
/// Partitions whose version is gone. A table is dropped for all readers at once, also for those whose snapshot still has the version, so this waits for the
/// transactions that have looked at <c>versions</c> before. What is still looked at after a while stays for the next time: it is out of sight and costs disk
/// space only.
/// </summary>
internal static class LeftoverPartitions
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    // Names of our own tables alone.
    private static readonly string s_parents = string.Join("|", VersionPartition.All.Select(p => p.Parent));

    public static void Drop(NpgsqlConnection connection)
    {
        var leftovers = connection.Query<(string Table, string? Parent, bool Pending)>(
            $"""
            SELECT c.relname, p.relname, coalesce(i.inhdetachpending, false)
            FROM pg_catalog.pg_class c
            LEFT JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid
            LEFT JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
            WHERE c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = current_schema())
                AND c.relkind = 'r' AND c.relname ~ '^({s_parents})_[0-9]+$'
                AND substring(c.relname FROM '[0-9]+$')::bigint NOT IN (SELECT number FROM versions)
            """).ToList();
        if (leftovers.Count == 0 || !ReadersAreGone(connection)) return;
        try
        {
            connection.Execute("SET lock_timeout = '2s'");
            foreach (var (table, parent, pending) in leftovers)
            {
                // Without CONCURRENTLY the parent would be locked, and every reader with it.
                if (parent is not null)
                    connection.Execute($"ALTER TABLE {parent} DETACH PARTITION {table} {(pending ? "FINALIZE" : "CONCURRENTLY")}", commandTimeout: 0);
                connection.Execute($"DROP TABLE IF EXISTS {table}");
            }
        }
        catch (PostgresException e)
            when (e.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            // Someone is at it, a reader or another host that clears away: next time.
        }
        finally
        {
            connection.Execute("RESET lock_timeout");
        }
    }

    private static bool ReadersAreGone(NpgsqlConnection connection)
    {
        var before = Readers(connection);
        for (var waited = TimeSpan.Zero; before.Count > 0 && waited < Patience; waited += Step)
        {
            Task.Delay(Step, TimeProvider.System).GetAwaiter().GetResult();
            before.IntersectWith(Readers(connection));
        }
        return before.Count == 0;
    }

    private static HashSet<string> Readers(NpgsqlConnection connection) => connection.Query<string>(
        "SELECT DISTINCT virtualtransaction FROM pg_catalog.pg_locks WHERE relation = 'versions'::regclass AND database = (SELECT oid "
        + "FROM pg_catalog.pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()").ToHashSet(StringComparer.Ordinal);
}
