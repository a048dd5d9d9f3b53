using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet.DuckDb;

/// <summary>A column of a file and how it becomes one of ours: <paramref name="Field"/> is null where it cannot.</summary>
internal sealed record SourceColumn(string Name, DuckDbType Type, ColumnField? Field, string Expression)
{
    /// <summary>Bytes without a text annotation: many old writers mean text, so they are read when asked for by name, never by default.</summary>
    public bool OnlyByName => Type == DuckDbType.Blob;

    public static SourceColumn Of(string name, DuckDbType type)
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
            DuckDbType.Date => new(name, type, Time(TimestampUnit.Microseconds), Cast("TIMESTAMP")),
            _ => new(name, type, null, quoted),
        };
    }
}
