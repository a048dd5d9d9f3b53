using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet.Footer;

namespace Recsys.Batch.Pipeline.Parquet.Columns;

/// <summary>Which of our types a leaf of a file becomes, and what it is called.</summary>
internal static class FieldTypes
{
    /// <summary>
    /// The field of an exact reading: decimals and unsigned integers of 64 bits as their digits, times in the unit they are stored in, so that no value is
    /// beyond its range.
    /// </summary>
    public static ColumnField Exact(SchemaElement element, ColumnField field) => (element.Type, element.Meaning.Annotation) switch
    {
        (_, Annotation.Decimal) when field.Type == ColumnType.Double => field with { Type = ColumnType.Utf8, IsDigits = true },
        (PhysicalType.Int64, Annotation.Integer) when !element.Meaning.Signed => field with { Type = ColumnType.Utf8, IsDigits = true },
        (PhysicalType.Int64, Annotation.Timestamp) when element.Meaning.Scale == 3 => field with { Unit = TimestampUnit.Milliseconds },
        (PhysicalType.Int96, _) => field with { Unit = TimestampUnit.Seconds },
        (PhysicalType.Int32, Annotation.Date) => field with { Unit = TimestampUnit.Seconds },
        _ => field,
    };

    public static (string Kind, ColumnField? Field) Of(SchemaElement element)
    {
        ColumnField Plain(ColumnType type) => new(element.Name, type);
        ColumnField Time(TimestampUnit unit, bool utc = false) => new(element.Name, ColumnType.Timestamp, Unit: unit, IsUtc: utc);
        var meaning = element.Meaning;
        switch (element.Type, meaning.Annotation)
        {
            case (null, _): return ("STRUCT", null);
            case (PhysicalType.Int32 or PhysicalType.Int64, Annotation.Time): return ("TIME", null);
            case (PhysicalType.FixedBytes, Annotation.Interval): return ("INTERVAL", null);
            case (PhysicalType.Bytes or PhysicalType.FixedBytes or PhysicalType.Int32 or PhysicalType.Int64, Annotation.Decimal):
                return ("DECIMAL", Plain(ColumnType.Double));
            case (PhysicalType.Int64, Annotation.Timestamp):
                return meaning.Utc ? ("TIMESTAMP WITH TIME ZONE", Time(TimestampUnit.Microseconds, utc: true))
                    : ("TIMESTAMP", Time(meaning.Scale == 9 ? TimestampUnit.Nanoseconds : TimestampUnit.Microseconds));
            case (PhysicalType.Int96, _): return ("TIMESTAMP", Time(TimestampUnit.Microseconds));
            case (PhysicalType.Int32, Annotation.Date): return ("DATE", Time(TimestampUnit.Microseconds));
            case (PhysicalType.Int32, Annotation.Integer) when meaning is { Signed: false, Bits: 32 }: return ("UINTEGER", Plain(ColumnType.Int64));
            case (PhysicalType.Int32, _): return ("INTEGER", Plain(ColumnType.Int32));
            case (PhysicalType.Int64, Annotation.Integer) when !meaning.Signed: return ("UBIGINT", Plain(ColumnType.Int64));
            case (PhysicalType.Int64, _): return ("BIGINT", Plain(ColumnType.Int64));
            case (PhysicalType.Boolean, _): return ("BOOLEAN", Plain(ColumnType.Boolean));
            case (PhysicalType.Float, _): return ("FLOAT", Plain(ColumnType.Double) with { Bits = 32 });
            case (PhysicalType.Double, _): return ("DOUBLE", Plain(ColumnType.Double));
            case (PhysicalType.FixedBytes, Annotation.Float16) when element.TypeLength == 2: return ("FLOAT", Plain(ColumnType.Double) with { Bits = 16 });
            case (PhysicalType.FixedBytes, Annotation.Uuid) when element.TypeLength == 16: return ("UUID", Plain(ColumnType.Utf8));
            case (_, Annotation.Text or Annotation.Enum or Annotation.Json): return ("VARCHAR", Plain(ColumnType.Utf8));
            default: return ("BLOB", Plain(ColumnType.Utf8));
        }
    }
}
