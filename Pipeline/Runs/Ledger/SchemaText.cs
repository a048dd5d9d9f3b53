using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Runs.Ledger;

/// <summary>
/// The ledgers' tables are written once, in PostgreSQL's words and with SQLite's WITHOUT ROWID. SQLite keeps times as text, sorts text by its bytes anyway and
/// has no sequences; it counts in a table.
/// </summary>
internal static class SchemaText
{
    public static IReadOnlyList<string> For(OutputEngine engine, IEnumerable<string> scripts) =>
        [.. scripts.Select(s => engine == OutputEngine.Sqlite ? ForSqlite(s) : ForPostgres(s))];

    private static string ForPostgres(string script) => script.Replace(" WITHOUT ROWID", "", StringComparison.Ordinal);

    private static string ForSqlite(string script) => script
        .Replace("TIMESTAMPTZ", "TEXT", StringComparison.Ordinal)
        .Replace("BIGINT", "INTEGER", StringComparison.Ordinal)
        .Replace("DOUBLE PRECISION", "REAL", StringComparison.Ordinal)
        .Replace(" COLLATE \"C\"", "", StringComparison.Ordinal)
        .Replace(
            "CREATE SEQUENCE shard_tokens;", "CREATE TABLE shard_tokens (last INTEGER NOT NULL); INSERT INTO shard_tokens VALUES (0);",
            StringComparison.Ordinal);
}
