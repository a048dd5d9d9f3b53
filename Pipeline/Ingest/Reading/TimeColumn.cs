using System.Buffers;
using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>
/// A time column of any kind (timestamps, numbers since 1970, text that holds either) as whole seconds since 1970-01-01T00:00, which uint32 holds until 2106.
/// A reading without a zone counts as UTC.
/// </summary>
internal static class TimeColumn
{
    private static readonly SearchValues<byte> OfNumbers = SearchValues.Create("+-.0123456789eE"u8);

    /// <param name="column">Null: no row has a time.</param>
    /// <param name="epochUnit">What a plain number counts.</param>
    public static void Read(Column? column, TimestampUnit epochUnit, Span<RowStatus> statuses, Span<uint> seconds)
    {
        long ticks = PerSecond(column?.Field.Type == ColumnType.Timestamp ? column.Field.Unit : epochUnit);
        if (ticks == 1_000_000 && column is ValueColumn<long> { Validity: null } micros)
        {
            OfMicroseconds(micros.Values, statuses, seconds);
            return;
        }
        for (int row = 0; row < statuses.Length; row++)
        {
            if (statuses[row] != RowStatus.Kept) continue;
            if (column is null || column.IsNull(row))
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
                    second = Floor(c.Values[row] / ticks);
                    break;
                case Utf8Column c:
                    var text = c[row].Trim(" \t"u8);
                    if (!c.Field.IsDigits && CellText.IsNullWord(text))
                    {
                        statuses[row] = RowStatus.NullTime;
                        continue;
                    }
                    if ((!c.Field.IsDigits && TimeText.TryParse(text, out second)) || OfDigits(text, ticks, out second)) break;
                    statuses[row] = RowStatus.UnreadableTime;
                    continue;
                default:
                    throw new InvalidOperationException($"column '{column.Field.Name}' of type {column.Field.Type} is not a time");
            }
            if (second is < 0 or > uint.MaxValue) statuses[row] = RowStatus.TimeOutOfRange;
            else seconds[row] = (uint)second;
        }
    }

    // What most logs have, by a constant, which divides faster than a variable.
    private static void OfMicroseconds(ReadOnlySpan<long> values, Span<RowStatus> statuses, Span<uint> seconds)
    {
        for (int row = 0; row < statuses.Length; row++)
        {
            if (statuses[row] != RowStatus.Kept) continue;
            long value = values[row];
            if (value is < 0 or >= (1L << 32) * 1_000_000) statuses[row] = RowStatus.TimeOutOfRange;
            else seconds[row] = (uint)((ulong)value / 1_000_000);
        }
    }

    // Digits that are no day count since 1970, as a number would.
    private static bool OfDigits(ReadOnlySpan<byte> text, long ticks, out long second)
    {
        second = -1;
        if (text.Length > 64 || text.ContainsAnyExcept(OfNumbers)) return false;
        string number = Encoding.ASCII.GetString(text);
        if (long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
        {
            second = FloorDivide(whole, ticks);
            return true;
        }
        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)) return false;
        second = Floor(value / ticks);
        return true;
    }

    private static long Floor(double at) => Math.Floor(at) is >= 0 and <= uint.MaxValue and var whole ? (long)whole : -1;

    private static long PerSecond(TimestampUnit unit) => unit switch
    {
        TimestampUnit.Seconds => 1,
        TimestampUnit.Milliseconds => 1_000,
        TimestampUnit.Microseconds => 1_000_000,
        _ => 1_000_000_000,
    };

    private static long FloorDivide(long value, long by) => Math.DivRem(value, by) is var (quotient, rest) && rest < 0 ? quotient - 1 : quotient;
}
