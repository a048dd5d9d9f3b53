using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet.Pages;

namespace Recsys.Batch.Pipeline.Parquet.Columns;

/// <summary>Numbers that no type here holds exactly, decimals and unsigned integers of 64 bits, as text: their decimal digits.</summary>
internal sealed class DigitsSource<TStored>(
    ColumnField field, int capacity, ChunkReader chunks, Leaf leaf, SemaphoreSlim? turns, Func<TStored, byte[], int> format)
    : FlatSource<ValueRun<TStored>>(field, capacity, chunks, leaf, turns)
    where TStored : struct
{
    private readonly int[] _offsets = new int[capacity + 1];
    private readonly byte[] _digits = new byte[Digits.MaxLength];
    private byte[] _bytes = new byte[capacity * 8];

    public override int TextBytes => _offsets[Count];

    public override Column ToColumn() => new Utf8Column(Field, Count, _offsets, _bytes, Validity);

    protected override void Put(int count, ReadOnlySpan<int> levels, int rows)
    {
        var values = Run.Values.AsSpan(NextValue, count);
        int end = _offsets[Count], next = 0;
        for (int row = 0; row < rows; row++)
        {
            if (levels.IsEmpty || levels[row] == Present)
            {
                int length = format(values[next++], _digits);
                if (end + length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(end + length, _bytes.Length * 2));
                _digits.AsSpan(0, length).CopyTo(_bytes.AsSpan(end));
                end += length;
            }
            _offsets[Count + row + 1] = end;
        }
    }
}

/// <summary>
/// The digits of stored numbers, in one spelling: no zeros behind the last digit after the point, no point before none (12.50 is <c>12.5</c>, 12.00 is
/// <c>12</c>).
/// </summary>
internal static class Digits
{
    /// <summary>Bytes that one number may take.</summary>
    public const int MaxLength = 512;

    public static int Unsigned(long value, byte[] into)
    {
        Utf8Formatter.TryFormat((ulong)value, into, out int length);
        return length;
    }

    public static Func<int, byte[], int> Of(int scale) => (value, into) => Long(value, scale, into);

    public static Func<long, byte[], int> OfLong(int scale) => (value, into) => Long(value, scale, into);

    public static Func<ReadOnlyMemory<byte>, byte[], int> OfBytes(int scale) => (value, into) => Placed(Conversions.Whole(value.Span), scale, into);

    private static int Long(long value, int scale, byte[] into)
    {
        if (scale > 0) return Placed(value, scale, into);
        Utf8Formatter.TryFormat(value, into, out int length);
        return length;
    }

    private static int Placed(BigInteger value, int scale, byte[] into)
    {
        string digits = BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        string fraction = digits[^scale..].TrimEnd('0');
        string sign = value.Sign < 0 ? "-" : "";
        return Encoding.ASCII.GetBytes(fraction.Length == 0 ? $"{sign}{digits[..^scale]}" : $"{sign}{digits[..^scale]}.{fraction}", into);
    }
}
