using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet.Footer;
using Recsys.Batch.Pipeline.Parquet.Pages;
using ParquetInterval = Parquet.File.Values.Primitives.Interval;

namespace Recsys.Batch.Pipeline.Parquet.Columns;

/// <summary>The source that fits a column's stored type and meaning.</summary>
internal static class ColumnSources
{
    public static ColumnSource Create(StoredColumn column, int capacity, ChunkReader chunks, SemaphoreSlim? turns, bool exact)
    {
        var field = exact ? column.ExactField! : column.Field!;
        var leaf = column.Leaf!;
        if (field.Type == ColumnType.FloatList) return List(field, leaf, capacity, chunks);
        var element = leaf.Element;
        ColumnSource Source<TStored, T>(Conversion<TStored, T> convert) where TStored : struct where T : unmanaged =>
            new ValueSource<TStored, T>(field, capacity, chunks, leaf, turns, convert);
        switch (element.Type, field.Type)
        {
            case (PhysicalType.Int32, ColumnType.Utf8): return new DigitsSource<int>(field, capacity, chunks, leaf, turns, Digits.Of(element.Meaning.Scale));
            case (PhysicalType.Int64, ColumnType.Utf8) when element.Meaning.Annotation == Annotation.Decimal:
                return new DigitsSource<long>(field, capacity, chunks, leaf, turns, Digits.OfLong(element.Meaning.Scale));
            case (PhysicalType.Int64, ColumnType.Utf8): return new DigitsSource<long>(field, capacity, chunks, leaf, turns, Digits.Unsigned);
            case (_, ColumnType.Utf8) when field.IsDigits:
                return new DigitsSource<ReadOnlyMemory<byte>>(field, capacity, chunks, leaf, turns, Digits.OfBytes(element.Meaning.Scale));
            case (_, ColumnType.Utf8):
                return new TextSource(
                    field, capacity, chunks, leaf, turns, uuid: element is { Meaning.Annotation: Annotation.Uuid, TypeLength: 16 }, anyBytes: exact);
            case (PhysicalType.Boolean, _): return Source<bool, bool>(Conversions.Same);
            case (PhysicalType.Int32, ColumnType.Int32): return Source<int, int>(Conversions.Same);
            case (PhysicalType.Int32, ColumnType.Int64): return Source<int, long>(Conversions.Unsigned);
            case (PhysicalType.Int32, ColumnType.Timestamp):
                return Source<int, long>(field.Unit == TimestampUnit.Seconds ? Conversions.DaysToSeconds : Conversions.Days);
            case (PhysicalType.Int64, ColumnType.Int64):
                return Source<long, long>(element.Meaning is { Annotation: Annotation.Integer, Signed: false } ? Conversions.Unsigned : Conversions.Same);
            case (PhysicalType.Int64, ColumnType.Timestamp):
                return Source<long, long>(element.Meaning.Scale switch
                {
                    3 when field.Unit == TimestampUnit.Microseconds => Conversions.Milliseconds,
                    9 when field.Unit == TimestampUnit.Microseconds => Conversions.NanosecondsToMicro,
                    _ => Conversions.Same,
                });
            case (PhysicalType.Int96, _):
                return Source<ParquetInterval, long>(field.Unit == TimestampUnit.Seconds ? Conversions.ImpalaSeconds : Conversions.Impala);
            case (PhysicalType.Double, _): return Source<double, double>(Conversions.Same);
            case (PhysicalType.Int32, _): return Source(Numbers<int>(element));
            case (PhysicalType.Int64, _): return Source(Numbers<long>(element));
            case (PhysicalType.Float, _): return Source<float, double>(Conversions.Widen);
            default: return Source(Numbers<ReadOnlyMemory<byte>>(element));
        }
    }

    private static ColumnSource List(ColumnField field, Leaf leaf, int capacity, ChunkReader chunks) => leaf.Element.Type switch
    {
        PhysicalType.Int32 => new ListSource<int>(field, capacity, chunks, leaf, Numbers<int>(leaf.Element)),
        PhysicalType.Int64 => new ListSource<long>(field, capacity, chunks, leaf, Numbers<long>(leaf.Element)),
        PhysicalType.Float => new ListSource<float>(field, capacity, chunks, leaf, Conversions.Widen),
        PhysicalType.Double => new ListSource<double>(field, capacity, chunks, leaf, Conversions.Same),
        _ => new ListSource<ReadOnlyMemory<byte>>(field, capacity, chunks, leaf, Numbers<ReadOnlyMemory<byte>>(leaf.Element)),
    };

    /// <summary>To double: decimals by their scale, integers as they are, two bytes as a half.</summary>
    private static Conversion<TStored, double> Numbers<TStored>(SchemaElement element)
    {
        bool isDecimal = element.Meaning.Annotation == Annotation.Decimal;
        object conversion = element.Type switch
        {
            PhysicalType.Int32 => isDecimal ? Conversions.Decimal32(element.Meaning.Scale) : new Conversion<int, double>(Conversions.Widen),
            PhysicalType.Int64 => isDecimal ? Conversions.Decimal64(element.Meaning.Scale) : new Conversion<long, double>(Conversions.Widen),
            _ => isDecimal ? Conversions.DecimalBytes(element.Meaning.Scale) : new Conversion<ReadOnlyMemory<byte>, double>(Conversions.Half),
        };
        return (Conversion<TStored, double>)conversion;
    }
}
