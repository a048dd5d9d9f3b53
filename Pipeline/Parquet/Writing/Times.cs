using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet.Writing;

/// <summary>
/// Units in which times are stored: as DuckDB stores them, an instant in microseconds, and a second, which Parquet lacks, in a thousand of its milliseconds.
/// </summary>
internal static class Times
{
    public static TimestampUnit Stored(ColumnField field) =>
        field.IsUtc ? TimestampUnit.Microseconds : field.Unit == TimestampUnit.Seconds ? TimestampUnit.Milliseconds : field.Unit;

    public static (long Multiply, long Divide) Factors(ColumnField field)
    {
        long given = Ticks(field.Unit), stored = Ticks(Stored(field));
        return stored >= given ? (stored / given, 1) : (1, given / stored);
    }

    private static long Ticks(TimestampUnit unit) => unit switch
    {
        TimestampUnit.Seconds => 1,
        TimestampUnit.Milliseconds => 1_000,
        TimestampUnit.Microseconds => 1_000_000,
        _ => 1_000_000_000,
    };
}
