using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Parquet.File.Values.Primitives;

namespace Recsys.Batch.Pipeline.Parquet.Columns;

/// <summary>
/// What stored values mean. The library's own meanings lose digits (decimals by way of a power that is not a whole number, times cut to 100 ns of the years 1
/// to 9999), so it is asked for the stored values alone. A decimal becomes the double that is nearest to it.
/// </summary>
internal static class Conversions
{
    private const long MicrosecondsADay = 86_400_000_000;
    private const long EpochAsJulianDay = 2_440_588;

    /// <summary>The highest power of ten that a double holds exactly: up to it, one division is rounded once.</summary>
    private const int MaxExactPower = 22;

    private const int MaxDecimalBytes = 64;

    public static void Same<T>(ReadOnlySpan<T> from, Span<T> to) => from.CopyTo(to);

    public static void Widen(ReadOnlySpan<float> from, Span<double> to)
    {
        for (int i = 0; i < from.Length; i++) to[i] = from[i];
    }

    public static void Widen(ReadOnlySpan<int> from, Span<double> to)
    {
        for (int i = 0; i < from.Length; i++) to[i] = from[i];
    }

    public static void Widen(ReadOnlySpan<long> from, Span<double> to)
    {
        for (int i = 0; i < from.Length; i++) to[i] = from[i];
    }

    public static void Unsigned(ReadOnlySpan<int> from, Span<long> to)
    {
        for (int i = 0; i < from.Length; i++) to[i] = (uint)from[i];
    }

    public static void Unsigned(ReadOnlySpan<long> from, Span<long> to)
    {
        foreach (long value in from)
            if (value < 0) throw new InvalidDataException($"{(ulong)value} is beyond the range of a signed integer of 64 bits");
        from.CopyTo(to);
    }

    public static void Half(ReadOnlySpan<ReadOnlyMemory<byte>> from, Span<double> to)
    {
        for (int i = 0; i < from.Length; i++) to[i] = (double)BinaryPrimitives.ReadHalfLittleEndian(from[i].Span);
    }

    public static void Days(ReadOnlySpan<int> from, Span<long> to)
    {
        for (int i = 0; i < from.Length; i++)
        {
            if (Math.Abs((long)from[i]) > long.MaxValue / MicrosecondsADay) throw OutOfRange($"{from[i]} days");
            to[i] = from[i] * MicrosecondsADay;
        }
    }

    public static void DaysToSeconds(ReadOnlySpan<int> from, Span<long> to)
    {
        for (int i = 0; i < from.Length; i++) to[i] = from[i] * 86_400L;
    }

    public static void Milliseconds(ReadOnlySpan<long> from, Span<long> to)
    {
        for (int i = 0; i < from.Length; i++)
        {
            if (from[i] is > long.MaxValue / 1000 or < long.MinValue / 1000) throw OutOfRange($"{from[i]} ms");
            to[i] = from[i] * 1000;
        }
    }

    /// <summary>Nanoseconds of an instant, for which there is no finer unit than the microsecond here.</summary>
    public static void NanosecondsToMicro(ReadOnlySpan<long> from, Span<long> to)
    {
        for (int i = 0; i < from.Length; i++) to[i] = from[i] / 1000;
    }

    /// <summary>Nanoseconds of the day, then the Julian day. Spark lets times of far years run over, and over again is where they come back.</summary>
    public static void Impala(ReadOnlySpan<Interval> from, Span<long> to)
    {
        for (int i = 0; i < from.Length; i++)
        {
            long nanoseconds = (uint)from[i].Months | (long)from[i].Days << 32;
            to[i] = unchecked((from[i].Millis - EpochAsJulianDay) * MicrosecondsADay + nanoseconds / 1000);
        }
    }

    /// <summary>Likewise in seconds, which no day runs over.</summary>
    public static void ImpalaSeconds(ReadOnlySpan<Interval> from, Span<long> to)
    {
        for (int i = 0; i < from.Length; i++)
            to[i] = (from[i].Millis - EpochAsJulianDay) * 86_400 + (long)Math.Floor(((uint)from[i].Months | (long)from[i].Days << 32) / 1e9);
    }

    public static Conversion<int, double> Decimal32(int scale)
    {
        if (scale > MaxExactPower) return (from, to) => Each(from, to, value => Parsed(value, scale));
        double power = Power(scale);
        return (from, to) =>
        {
            for (int i = 0; i < from.Length; i++) to[i] = from[i] / power;
        };
    }

    public static Conversion<long, double> Decimal64(int scale)
    {
        double power = Power(scale);
        return (from, to) =>
        {
            for (int i = 0; i < from.Length; i++)
            {
                long value = from[i];
                to[i] = scale <= MaxExactPower && value is >= -(1L << 53) and <= 1L << 53 ? value / power : Parsed(value, scale);
            }
        };
    }

    public static Conversion<ReadOnlyMemory<byte>, double> DecimalBytes(int scale)
    {
        double power = Power(scale);
        return (from, to) =>
        {
            for (int i = 0; i < from.Length; i++)
            {
                var value = Whole(from[i].Span);
                to[i] = scale <= MaxExactPower && BigInteger.Abs(value) <= 1L << 53 ? (long)value / power : Parsed(value, scale);
            }
        };
    }

    /// <summary>The number that a decimal's bytes are, big end first.</summary>
    public static BigInteger Whole(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxDecimalBytes) throw new InvalidDataException($"a decimal has {bytes.Length} bytes; expected at most {MaxDecimalBytes}");
        if (bytes.Length > 16) return new BigInteger(bytes, isBigEndian: true);
        Span<byte> wide = stackalloc byte[16];
        wide.Fill(bytes.Length > 0 && bytes[0] >= 0x80 ? (byte)0xFF : (byte)0);
        bytes.CopyTo(wide[(16 - bytes.Length)..]);
        return BinaryPrimitives.ReadInt128BigEndian(wide);
    }

    // Parsing rounds to the nearest; the cast of a BigInteger cuts what is beyond 53 bits, and a quotient of rounded numbers is rounded twice.
    private static double Parsed(BigInteger value, int scale) =>
        double.Parse(string.Create(CultureInfo.InvariantCulture, $"{value}E-{scale}"), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static void Each(ReadOnlySpan<int> from, Span<double> to, Func<int, double> convert)
    {
        for (int i = 0; i < from.Length; i++) to[i] = convert(from[i]);
    }

    private static double Power(int scale) => (double)BigInteger.Pow(10, scale);

    private static InvalidDataException OutOfRange(string value) => new($"the time {value} is beyond the range of 64-bit microseconds");
}
