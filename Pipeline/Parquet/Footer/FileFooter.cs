namespace Recsys.Batch.Pipeline.Parquet.Footer;

/// <summary>How a leaf's values lie in pages (numbers of the format).</summary>
internal enum PhysicalType
{
    Boolean,
    Int32,
    Int64,
    Int96,
    Float,
    Double,
    Bytes,
    FixedBytes,
}

internal enum Repetition
{
    Required,
    Optional,
    Repeated,
}

/// <summary>What a leaf's or group's values mean, whichever of the format's two annotations says so.</summary>
internal enum Annotation
{
    None,
    Text,
    Enum,
    Json,
    Bson,
    Uuid,
    Float16,
    Decimal,
    Date,
    Time,
    Timestamp,
    Integer,
    Interval,
    List,
    Map,
    Null,
    Other,
}

/// <param name="Children">Elements below it; 0 for a leaf.</param>
internal sealed record SchemaElement(string Name, PhysicalType? Type, int TypeLength, Repetition Repetition, int Children, Meaning Meaning);

/// <param name="Scale">Of a decimal its digits behind the point; of times the power of ten of ticks in a second (3, 6, 9).</param>
/// <param name="Utc">Of a timestamp whether it is an instant.</param>
/// <param name="Bits">Of an integer its width.</param>
internal readonly record struct Meaning(Annotation Annotation, int Precision = 0, int Scale = 0, bool Utc = false, int Bits = 0, bool Signed = true);

/// <summary>One column of one row group.</summary>
/// <param name="Values">Nulls and list members included.</param>
/// <param name="Start">Byte at which the first page begins.</param>
/// <param name="Bytes">Length of all its pages with their headers.</param>
internal sealed record ColumnChunk(PhysicalType Type, int Codec, long Values, long Start, long Bytes, long Uncompressed, bool Encrypted, string? OtherFile);

internal sealed record RowGroup(long Rows, IReadOnlyList<ColumnChunk> Columns);

/// <param name="Schema">The tree in depth-first order, root first.</param>
/// <param name="PagesEnd">Byte behind the last that can belong to a page.</param>
internal sealed record FileFooter(IReadOnlyList<SchemaElement> Schema, IReadOnlyList<RowGroup> Groups, long PagesEnd)
{
    public long Rows => Groups.Sum(g => g.Rows);
}
