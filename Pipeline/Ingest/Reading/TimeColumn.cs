using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest.Rules;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>
/// A time column of any kind (timestamps, numbers since 1970, ISO 8601 text) as whole seconds since 1970-01-01T00:00, which uint32 holds until 2106.
/// A reading without a zone counts as UTC.
/// </summary>
internal static class TimeColumn
{
    public static readonly ColumnType[] Types = [ColumnType.Timestamp, ColumnType.Int64, ColumnType.Int32, ColumnType.Double, ColumnType.Utf8];

    /// <param name="epochUnit">What a plain number counts.</param>
    public static void Read(Column column, TimestampUnit epochUnit, Span<RowStatus> statuses, Span<uint> seconds)
    {
        long ticks = PerSecond(column.Field.Type == ColumnType.Timestamp ? column.Field.Unit : epochUnit);
        for (int row = 0; row < statuses.Length; row++)
        {
            if (statuses[row] != RowStatus.Kept) continue;
            if (column.IsNull(row))
            {
                statuses[row] = RowStatus.NullTime;
                continue;
            }
            long second;
            switch (column)
            {
                case ValueColumn<long> c:
                    second = FloorDivide(c.Values[row], ticks);
                    break;
                case ValueColumn<int> c:
                    second = FloorDivide(c.Values[row], ticks);
                    break;
                case ValueColumn<double> c:
                    double at = Math.Floor(c.Values[row] / ticks);
                    second = at is >= 0 and <= uint.MaxValue ? (long)at : -1;
                    break;
                case Utf8Column c:
                    if (IsoTime.TryParse(c[row], out second)) break;
                    statuses[row] = RowStatus.UnreadableTime;
                    continue;
                default:
                    throw new InvalidOperationException($"column '{column.Field.Name}' of type {column.Field.Type} is not a time");
            }
            if (second is < 0 or > uint.MaxValue) statuses[row] = RowStatus.TimeOutOfRange;
            else seconds[row] = (uint)second;
        }
    }

    private static long PerSecond(TimestampUnit unit) => unit switch
    {
        TimestampUnit.Seconds => 1,
        TimestampUnit.Milliseconds => 1_000,
        TimestampUnit.Microseconds => 1_000_000,
        _ => 1_000_000_000,
    };

    private static long FloorDivide(long value, long by) => by == 1 || value >= 0 ? value / by : (value - by + 1) / by;
}
