using System.Buffers.Binary;
using System.Numerics;
using Parquet.File.Values.Primitives;

namespace Recsys.Batch.Pipeline.Parquet.Columns;

/// <summary>
/// What stored values mean. The library's own meanings lose digits (decimals by way of a power that is not a whole number, times cut to 100 ns of the years 1 to 9999),
/// so it is asked for the stored values alone. Decimals become double as DuckDB's do: whole part and fraction apart where the digits exceed 53 bits.
/// </summary>
internal static class Conversions
{
    private const long MicrosecondsADay = 86_400_000_000;
    private const long EpochAsJulianDay = 2_440_588;

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

    public static Conversion<int, double> Decimal32(int scale) => (from, to) =>
    {
        double power = Power(scale);
        for (int i = 0; i < from.Length; i++) to[i] = from[i] / power;
    };

    public static Conversion<long, double> Decimal64(int scale)
    {
        long power = scale <= 18 ? (long)BigInteger.Pow(10, scale) : 0;
        double real = Power(scale);
        return (from, to) =>
        {
            for (int i = 0; i < from.Length; i++)
            {
                long value = from[i];
                to[i] = scale == 0 || power == 0 || value is >= -(1L << 53) and <= 1L << 53 ? value / real : value / power + value % power / real;
            }
        };
    }

    public static Conversion<ReadOnlyMemory<byte>, double> DecimalBytes(int scale)
    {
        var power = BigInteger.Pow(10, scale);
        double real = Power(scale);
        return (from, to) =>
        {
            for (int i = 0; i < from.Length; i++)
            {
                var bytes = from[i].Span;
                var value = bytes.Length <= 16 ? Small(bytes) : new BigInteger(bytes, isBigEndian: true);
                to[i] = scale == 0 || BigInteger.Abs(value) <= 1L << 53 ? (double)value / real : (double)(value / power) + (double)(value % power) / real;
            }
        };
    }

    private static BigInteger Small(ReadOnlySpan<byte> bytes)
    {
        Span<byte> wide = stackalloc byte[16];
        wide.Fill(bytes.Length > 0 && bytes[0] >= 0x80 ? (byte)0xFF : (byte)0);
        bytes.CopyTo(wide[(16 - bytes.Length)..]);
        return BinaryPrimitives.ReadInt128BigEndian(wide);
    }

    private static double Power(int scale) => (double)BigInteger.Pow(10, scale);

    private static InvalidDataException OutOfRange(string value) => new($"the time {value} is beyond the range of 64-bit microseconds");
}
