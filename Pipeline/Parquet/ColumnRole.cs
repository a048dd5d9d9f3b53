using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>What a mapped column is read as.</summary>
internal enum ColumnRole
{
    /// <summary>A user, an item, a version, an order: text or whole numbers.</summary>
    Id,

    /// <summary>What a row is, in the log's own words or numbers.</summary>
    Kind,

    /// <summary>Pieces, a price, a rating: numbers, or text that holds them.</summary>
    Number,

    /// <summary>When it was: a timestamp, a date, a number since 1970, or text that holds one of them.</summary>
    Time,

    /// <summary>What a person reads: text, or a number or flag in its place.</summary>
    Text,

    /// <summary>Yes or no: a boolean, a number (0 is no), or text such as Y and N.</summary>
    Flag,
}

/// <summary>Which types can play a role: the one table that <c>inspect</c>, ingest and the readers of every other log go by.</summary>
internal static class ColumnRoles
{
    private static readonly ColumnType[] Whole = [ColumnType.Utf8, ColumnType.Int32, ColumnType.Int64, ColumnType.Double];
    private static readonly ColumnType[] Marks = [.. Whole, ColumnType.Boolean];
    private static readonly ColumnType[] Times = [ColumnType.Timestamp, .. Whole];

    /// <summary>Types that are read in the role.</summary>
    public static IReadOnlyList<ColumnType> Types(this ColumnRole role) => role switch
    {
        ColumnRole.Id or ColumnRole.Number => Whole,
        ColumnRole.Time => Times,
        _ => Marks,
    };

    public static bool Accepts(this ColumnRole role, ColumnType type) => role.Types().Contains(type);

    /// <summary>
    /// Types with which a column is suggested for the role by its name: some of those that are read. A number as a kind needs a KindMap first, and is not a
    /// likely title.
    /// </summary>
    public static bool Suggests(this ColumnRole role, ColumnType type) =>
        role.Accepts(type) && role switch
        {
            ColumnRole.Kind or ColumnRole.Text => type == ColumnType.Utf8,
            ColumnRole.Number => type != ColumnType.Utf8,
            ColumnRole.Time or ColumnRole.Flag => type != ColumnType.Double,
            _ => true,
        };

    /// <summary>Whether the column is read as it is stored. A decimal that is a number here, not an id, is read as the double that is nearest.</summary>
    public static bool IsExact(this ColumnRole role, ColumnField field) => role != ColumnRole.Number || field.Type != ColumnType.Double;
}
