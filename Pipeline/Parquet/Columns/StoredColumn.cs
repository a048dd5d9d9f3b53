using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet.Footer;

namespace Recsys.Batch.Pipeline.Parquet.Columns;

/// <summary>Where a column's values lie, and how deep.</summary>
/// <param name="Index">Among the leaves of the file: a row group has its column at this place.</param>
/// <param name="MaxDefinition">Levels that say how much of a value is there; 0 where a null cannot be.</param>
/// <param name="MaxRepetition">1 for a list, else 0.</param>
/// <param name="ListDefinition">Of a list the level from which it has a member: one less is an empty list, less than that none.</param>
internal sealed record Leaf(int Index, SchemaElement Element, int MaxDefinition, int MaxRepetition, int ListDefinition);

/// <summary>
/// A column of a file and how it becomes one of ours: <paramref name="Field"/> is null where it cannot, and then <paramref name="Leaf"/> may be too.
/// </summary>
/// <param name="Kind">Its type as a person would call it.</param>
internal sealed record StoredColumn(string Name, string Kind, ColumnField? Field, Leaf? Leaf)
{
    /// <summary>All leaves of the column: of a nested one every leaf below it.</summary>
    public IReadOnlyList<Leaf> Leaves { get; init; } = Leaf is null ? [] : [Leaf];

    /// <summary>Of a list or map that is not read: what lies in it, as paths without the format's own levels (<c>lines.sku</c>).</summary>
    public IReadOnlyList<string> Inside { get; init; } = [];

    /// <summary>A field of a struct, named by its path (<c>customer.id</c>).</summary>
    public bool IsMember { get; init; }

    /// <summary>The field of a reading that rounds nothing and refuses no value; else as <see cref="Field"/>.</summary>
    public ColumnField? ExactField => Field is null || Leaf!.MaxRepetition > 0 ? Field : FieldTypes.Exact(Leaf.Element, Field);

    /// <summary>Bytes without a text annotation, fields of structs and lists are read when asked for by name, never by default.</summary>
    public bool OnlyByName => Field is not null && (Leaf!.MaxRepetition > 0 || IsBytes || IsMember);

    public string Reason => !OnlyByName
        ? Kind == "STRUCT" ? "a struct: its fields are read when asked for by path (NAME.FIELD)"
        : $"its type ({Kind}) is none of: integer, floating point, decimal, boolean, text, date, timestamp"
        : IsBytes && Leaf!.MaxRepetition == 0
            ? "bytes without a text annotation: read as UTF-8 text only when asked for by name"
            : "a list of numbers: read as float32 only when asked for by name";

    private bool IsBytes => Kind == "BLOB";
}
