using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Feedback.Join;

/// <summary>
/// When rows happened. What is a time without doubt (a timestamp, a number whose unit is configured, ISO 8601 text) is microseconds since 1970 and compares
/// with every other such time and with versions; other numbers compare within their log, other texts are only equal or not.
/// </summary>
internal static class ClickTimes
{
    /// <summary>Scale of times that are only equal or not.</summary>
    public const byte Unordered = 0;

    /// <summary>Scale of microseconds since 1970-01-01.</summary>
    public const byte Absolute = 1;

    private const long MicrosPerSecond = 1_000_000;

    /// <summary>Scale of numbers of a log that mean nothing outside of it.</summary>
    public static byte WithinLog(int log) => (byte)Math.Min(byte.MaxValue, 2 + log);

    /// <param name="unit">What a plain number counts since 1970; null: it is only compared within its log.</param>
    public static (long Time, byte Scale) Of(Column column, int row, TimestampUnit? unit, int log) => column switch
    {
        ValueColumn<long> c when c.Field.Type == ColumnType.Timestamp => (Micros(c.Values[row], c.Field.Unit), Absolute),
        ValueColumn<long> c => Number(c.Values[row], unit, log),
        ValueColumn<int> c => Number(c.Values[row], unit, log),
        ValueColumn<double> c => unit is { } u ? ((long)Math.Floor(c.Values[row] / PerSecond(u) * MicrosPerSecond), Absolute)
            : (BitConverter.DoubleToInt64Bits(c.Values[row]), Unordered),
        Utf8Column c => Text(c[row]),
        _ => throw new InvalidOperationException($"column '{column.Field.Name}' of type {column.Field.Type} is not a time"),
    };

    /// <summary>The last second that had begun by then: logs of whole seconds say no more.</summary>
    public static long SecondOf(DateTimeOffset moment) => moment.ToUnixTimeSeconds() * MicrosPerSecond;

    public static long Second(long micros) => Math.DivRem(micros, MicrosPerSecond) is var (quotient, rest) && rest < 0 ? quotient - 1 : quotient;

    private static (long, byte) Number(long value, TimestampUnit? unit, int log) =>
        unit is { } u ? (Micros(value, u), Absolute) : (value, WithinLog(log));

    private static (long, byte) Text(ReadOnlySpan<byte> text)
    {
        // ISO 8601 alone: 3/4/2011 can mean two days.
        if (text.Length is >= 10 and <= 40 && text[4] == '-' && text[7] == '-' && DateTimeOffset.TryParse(
                Encoding.UTF8.GetString(text), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment))
        {
            return ((moment - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, Absolute);
        }
        // Equal texts are equal in every file, whichever was read first.
        return (BitConverter.ToInt64(SHA256.HashData(text)), Unordered);
    }

    private static long Micros(long value, TimestampUnit unit) => unit == TimestampUnit.Nanoseconds
        ? Math.DivRem(value, 1_000) is var (quotient, rest) && rest < 0 ? quotient - 1 : quotient
        : value * (MicrosPerSecond / PerSecond(unit));

    private static long PerSecond(TimestampUnit unit) => unit switch
    {
        TimestampUnit.Seconds => 1,
        TimestampUnit.Milliseconds => 1_000,
        TimestampUnit.Microseconds => MicrosPerSecond,
        _ => 1_000_000_000,
    };
}
