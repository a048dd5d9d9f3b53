using Recsys.Batch.Pipeline.Parquet.Footer;

namespace Recsys.Batch.Pipeline.Parquet.Pages;

/// <summary>Whether a page holds what it promises, as far as that is seen without unpacking it: what Parquet.Net does not look at.</summary>
internal static class PageShape
{
    public static bool Decodes(PageEncoding encoding, PhysicalType type) => encoding switch
    {
        PageEncoding.Plain or PageEncoding.PlainDictionary or PageEncoding.RleDictionary => true,
        PageEncoding.Rle => type == PhysicalType.Boolean,
        PageEncoding.DeltaBinaryPacked => type is PhysicalType.Int32 or PhysicalType.Int64,
        PageEncoding.DeltaLengthByteArray => type == PhysicalType.Bytes,
        PageEncoding.DeltaByteArray => type is PhysicalType.Bytes or PhysicalType.FixedBytes,
        PageEncoding.ByteStreamSplit => type is PhysicalType.Int32 or PhysicalType.Int64 or PhysicalType.Float or PhysicalType.Double,
        _ => false,
    };

    /// <param name="count">Values that are no nulls.</param>
    /// <exception cref="InvalidDataException">It holds less.</exception>
    public static void Require(ReadOnlySpan<byte> values, PageEncoding encoding, PhysicalType type, int typeLength, int count)
    {
        long least = 0;
        switch (encoding)
        {
            case PageEncoding.Plain: least = MinPlain(type, typeLength, count); break;
            case PageEncoding.ByteStreamSplit: least = (long)count * Width(type, typeLength); break;
            case PageEncoding.PlainDictionary or PageEncoding.RleDictionary:
                if (values.Length < 1 || values[0] > 32)
                {
                    throw new InvalidDataException(
                        $"a page's dictionary indexes are {(values.Length < 1 ? "missing" : $"{values[0]} bits wide; expected at most 32")}");
                }
                if (values[0] > 0) LevelRuns.Count(values[1..], values[0], count, 0);
                break;
            case PageEncoding.Rle: LevelRuns.Count(values, 1, count, 0); break;
            case PageEncoding.DeltaBinaryPacked or PageEncoding.DeltaLengthByteArray or PageEncoding.DeltaByteArray: RequireDelta(values, count); break;
        }
        if (values.Length < least) throw new InvalidDataException($"a page has {values.Length} bytes of values; {count} values take {least}");
    }

    public static int Width(PhysicalType type, int typeLength) => type switch
    {
        PhysicalType.Int32 or PhysicalType.Float => 4,
        PhysicalType.Int64 or PhysicalType.Double => 8,
        PhysicalType.Int96 => 12,
        PhysicalType.FixedBytes => typeLength,
        _ => 1,
    };

    private static long MinPlain(PhysicalType type, int typeLength, int count) => type switch
    {
        PhysicalType.Boolean => (count + 7L) / 8,
        PhysicalType.Bytes => 4L * count,
        _ => (long)count * Width(type, typeLength),
    };

    // <block size> <miniblocks in a block> <count> <first value>
    private static void RequireDelta(ReadOnlySpan<byte> values, int count)
    {
        ulong block = Varint(ref values), miniblocks = Varint(ref values), total = Varint(ref values);
        if (block is 0 or > 1 << 20 || miniblocks is 0 or > 4096 || block % miniblocks != 0 || block / miniblocks % 8 != 0)
            throw new InvalidDataException($"a page of deltas has blocks of {block} values in {miniblocks} parts");
        if (total != (ulong)count) throw new InvalidDataException($"a page of deltas has {total} values; expected {count}");
    }

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0, at = 0; shift < 63; shift += 7, at++)
        {
            if (at >= bytes.Length) throw new InvalidDataException("a page of deltas ends in its head");
            value |= (ulong)(bytes[at] & 0x7F) << shift;
            if (bytes[at] >= 0x80) continue;
            bytes = bytes[(at + 1)..];
            return value;
        }
        throw new InvalidDataException("a page of deltas has an integer without end");
    }
}
