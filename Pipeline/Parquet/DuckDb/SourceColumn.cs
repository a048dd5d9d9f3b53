using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet.DuckDb;

/// <summary>A column of a file and how it becomes one of ours: <paramref name="Field"/> is null where it cannot.</summary>
internal sealed record SourceColumn(string Name, DuckDbType Type, ColumnField? Field, string Expression)
{
    /// <summary>
    /// Bytes without a text annotation (many old writers mean text) and lists of numbers (which few readers of a whole table want) are read when asked for by name, never by default.
    /// </summary>
    public bool OnlyByName => Field is not null && Type is DuckDbType.Blob or DuckDbType.List or DuckDbType.Array;

    /// <param name="element">Of a list or array the type of its members.</param>
    public static SourceColumn Of(string name, DuckDbType type, DuckDbType element = DuckDbType.Invalid)
    {
        string quoted = SqlText.Identifier(name);
        ColumnField Plain(ColumnType as_) => new(name, as_);
        ColumnField Time(TimestampUnit unit, bool utc = false) => new(name, ColumnType.Timestamp, Unit: unit, IsUtc: utc);
        string Cast(string to) => $"CAST({quoted} AS {to})";
        return type switch
        {
            DuckDbType.Boolean => new(name, type, Plain(ColumnType.Boolean), quoted),
            DuckDbType.Integer => new(name, type, Plain(ColumnType.Int32), quoted),
            DuckDbType.TinyInt or DuckDbType.SmallInt or DuckDbType.UTinyInt or DuckDbType.USmallInt =>
                new(name, type, Plain(ColumnType.Int32), Cast("INTEGER")),
            DuckDbType.BigInt => new(name, type, Plain(ColumnType.Int64), quoted),
            DuckDbType.UInteger or DuckDbType.UBigInt => new(name, type, Plain(ColumnType.Int64), Cast("BIGINT")),
            DuckDbType.Double => new(name, type, Plain(ColumnType.Double), quoted),
            DuckDbType.Float or DuckDbType.Decimal => new(name, type, Plain(ColumnType.Double), Cast("DOUBLE")),
            DuckDbType.Varchar or DuckDbType.Blob => new(name, type, Plain(ColumnType.Utf8), quoted),
            DuckDbType.Uuid or DuckDbType.Enum => new(name, type, Plain(ColumnType.Utf8), Cast("VARCHAR")),
            DuckDbType.Timestamp => new(name, type, Time(TimestampUnit.Microseconds), quoted),
            DuckDbType.TimestampTz => new(name, type, Time(TimestampUnit.Microseconds, utc: true), quoted),
            DuckDbType.TimestampS => new(name, type, Time(TimestampUnit.Seconds), quoted),
            DuckDbType.TimestampMs => new(name, type, Time(TimestampUnit.Milliseconds), quoted),
            DuckDbType.TimestampNs => new(name, type, Time(TimestampUnit.Nanoseconds), quoted),
            DuckDbType.List or DuckDbType.Array when IsNumber(element) => new(name, type, Plain(ColumnType.FloatList), Cast("FLOAT[]")),
            DuckDbType.Date => new(name, type, Time(TimestampUnit.Microseconds), Cast("TIMESTAMP")),
            _ => new(name, type, null, quoted),
        };
    }

    private static bool IsNumber(DuckDbType type) => type is DuckDbType.Float or DuckDbType.Double or DuckDbType.Decimal
        or DuckDbType.TinyInt or DuckDbType.SmallInt or DuckDbType.Integer or DuckDbType.BigInt
        or DuckDbType.UTinyInt or DuckDbType.USmallInt or DuckDbType.UInteger or DuckDbType.UBigInt;
}
