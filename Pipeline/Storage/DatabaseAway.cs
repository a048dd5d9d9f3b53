using Microsoft.Data.Sqlite;
using Npgsql;

namespace Recsys.Batch.Pipeline.Storage;

/// <summary>What says that a database does not answer at the moment, rather than what it answered: the same question may be asked again later.</summary>
internal static class DatabaseAway
{
    // SQLite's own numbers: busy, locked, an error of the disk, a file that cannot be opened.
    private static readonly int[] SqliteCodes = [5, 6, 10, 14];

    /// <summary>Whether it is the cause, or among the causes, of a failure.</summary>
    public static bool Is(Exception? e) => Cause(e) is not null;

    /// <summary>The failure that says so; null where none does.</summary>
    public static Exception? Cause(Exception? e)
    {
        if (e is AggregateException many) return many.InnerExceptions.Select(Cause).FirstOrDefault(c => c is not null);
        for (; e is not null; e = e.InnerException)
            if (IsIt(e)) return e;
        return null;
    }

    private static bool IsIt(Exception e) => e switch
    {
        // Connections that fail or are refused, a server that starts, stops or has no room.
        PostgresException p => p.SqlState.StartsWith("08", StringComparison.Ordinal) || p.SqlState.StartsWith("57P", StringComparison.Ordinal)
            || p.SqlState.StartsWith("53", StringComparison.Ordinal),
        NpgsqlException => true,
        // A connection that broke between two statements: Npgsql says at the next one that it is not open.
        InvalidOperationException { Source: nameof(Npgsql) } i => i.Message.Contains("not open", StringComparison.Ordinal),
        SqliteException s => SqliteCodes.Contains(s.SqliteErrorCode),
        _ => false,
    };
}
