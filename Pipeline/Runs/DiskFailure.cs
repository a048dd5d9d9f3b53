using Microsoft.Data.Sqlite;
using Npgsql;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Runs;

/// <summary>Turns a failure of the disk or the database into the one message that a person can act on.</summary>
internal static class DiskFailure
{
    private const int SqliteIoError = 10;
    private const int SqliteFull = 13;
    private const int SqliteReadOnly = 8;

    /// <summary>The exception to throw for <paramref name="failure"/>; itself where the disk had no part in it.</summary>
    public static Exception Explain(Exception failure, string stage, string folder) => failure switch
    {
        RecsysException or OperationCanceledException => failure,
        AggregateException { InnerExceptions.Count: > 0 } many => Explain(many.InnerExceptions[0], stage, folder),
        IOException or UnauthorizedAccessException => Failed(failure, stage, folder),
        // So the runtime tells of a file beyond what the file system, or a limit of the user's, allows.
        ArgumentOutOfRangeException { TargetSite: { } site } when site.DeclaringType == typeof(RandomAccess) => Failed(failure, stage, folder),
        SqliteException { SqliteErrorCode: SqliteIoError or SqliteFull or SqliteReadOnly } => Failed(failure, stage, folder),
        NpgsqlException e => new RunFailedException(
            $"{stage} could not go on with the database: {OneLine(PostgresConnection.Cause(e))}; published lists are as they were. "
            + $"Run again when it answers: finished stages are kept",
            e),
        _ => failure,
    };

    private static RunFailedException Failed(Exception failure, string stage, string folder) =>
        new(
            $"{stage} could not read or write under {folder}: {OneLine(failure.Message)}; published lists are as they were. "
            + $"Make room or give access there and run again: finished stages are kept",
            failure);

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
