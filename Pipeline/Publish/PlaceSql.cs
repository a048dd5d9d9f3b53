using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Publish;

/// <summary>
/// The tables and views of places in SQL, from their descriptions. Names come from <see cref="PlaceTables"/> alone, so they are safe in a statement.
/// </summary>
internal static class PlaceSql
{
    /// <summary>The part of the schema that holds all places; one script a place, in their order.</summary>
    public const string Part = "places";

    public static IReadOnlyList<string> SqliteScripts { get; } = [.. PlaceTables.All.Select(Sqlite)];

    public static IReadOnlyList<string> PostgresScripts { get; } = [.. PlaceTables.All.Select(Postgres)];

    /// <summary>Names of the columns as a SELECT has them, without the version's number.</summary>
    public static string Columns(PlaceTable table, string prefix = "") => string.Join(", ", table.Columns.Select(c => prefix + c.Name));

    /// <summary>The table that holds the rows of all versions.</summary>
    public static string Rows(PlaceTable table) => table.Name + "_rows";

    private static string Sqlite(PlaceTable table) =>
        $"""
        CREATE TABLE {Rows(table)} (
            number INTEGER NOT NULL,
            {string.Join(" ", table.Columns.Select(c => $"{c.Name} {SqliteType(c)} NOT NULL,"))}
            PRIMARY KEY (number, {string.Join(", ", table.KeyNames)})) WITHOUT ROWID;
        CREATE VIEW {table.Name} AS
            SELECT v.version, {Columns(table, "r.")} FROM versions v JOIN {Rows(table)} r ON r.number = v.number WHERE v.state IN ('current', 'retired');
        CREATE VIEW current_{table.Name} AS
            SELECT {Columns(table, "r.")} FROM versions v JOIN {Rows(table)} r ON r.number = v.number WHERE v.state = 'current';
        """;

    private static string Postgres(PlaceTable table) =>
        $"""
        CREATE TABLE {Rows(table)} (
            number integer NOT NULL,
            {string.Join(", ", table.Columns.Select(c => $"{c.Name} {PostgresType(c)} NOT NULL"))}) PARTITION BY LIST (number);
        CREATE VIEW {table.Name} AS
            SELECT v.version, {Columns(table, "r.")} FROM versions v JOIN {Rows(table)} r ON r.number = v.number WHERE v.state IN ('current', 'retired');
        CREATE VIEW current_{table.Name} AS
            SELECT {Columns(table, "r.")} FROM {Rows(table)} r WHERE r.number = (SELECT v.number FROM versions v WHERE v.state = 'current');
        """;

    private static string SqliteType(ColumnField column) => column.Type switch
    {
        ColumnType.Utf8 => "TEXT",
        ColumnType.Int32 => "INTEGER",
        _ => "REAL",
    };

    private static string PostgresType(ColumnField column) => column.Type switch
    {
        ColumnType.Utf8 => "text COLLATE \"C\"",
        ColumnType.Int32 => "integer",
        _ => "double precision",
    };
}
