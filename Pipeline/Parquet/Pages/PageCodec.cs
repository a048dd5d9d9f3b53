using System.IO.Compression;
using K4os.Compression.LZ4;
using Snappier;

namespace Recsys.Batch.Pipeline.Parquet.Pages;

/// <summary>
/// Decompresses a page to exactly the bytes that its header promises. Parquet.Net takes fewer for more: what is missing are then bytes of memory that something
/// else left there. It also believes sizes inside of the compressed bytes. So it gets pages that need no codec.
/// </summary>
internal sealed class PageCodec : IDisposable
{
    private readonly ZstdSharp.Decompressor _zstd = new();

    public static string Name(int codec) => codec switch
    {
        0 => "UNCOMPRESSED",
        1 => "SNAPPY",
        2 => "GZIP",
        3 => "LZO",
        4 => "BROTLI",
        5 => "LZ4",
        6 => "ZSTD",
        7 => "LZ4_RAW",
        _ => $"number {codec}",
    };

    public static bool Knows(int codec) => codec is >= 0 and <= 7 and not 3;

    /// <exception cref="InvalidDataException">The bytes are none of this codec's, or give more or less than <paramref name="into"/> holds.</exception>
    public void Decompress(int codec, byte[] from, int offset, int count, Span<byte> into)
    {
        var source = from.AsSpan(offset, count);
        int got = codec switch
        {
            0 => Copied(source, into),
            1 => FromSnappy(source, into),
            2 => FromGzip(from, offset, count, into),
            4 => FromBrotli(source, into),
            5 => FromHadoop(source, into),
            6 => FromZstd(source, into),
            7 => LZ4Codec.Decode(source, into),
            _ => throw new InvalidDataException($"compressed with {Name(codec)}"),
        };
        if (got != into.Length) throw new InvalidDataException($"a page gives {got} bytes when decompressed ({Name(codec)}); its header says {into.Length}");
    }

    public void Dispose() => _zstd.Dispose();

    private static int Copied(ReadOnlySpan<byte> from, Span<byte> into)
    {
        if (from.Length != into.Length) return from.Length;
        from.CopyTo(into);
        return from.Length;
    }

    private static int FromSnappy(ReadOnlySpan<byte> from, Span<byte> into) =>
        Snappy.GetUncompressedLength(from) is var length && length == into.Length ? Snappy.Decompress(from, into) : length;

    private static int FromGzip(byte[] from, int offset, int count, Span<byte> into)
    {
        using var gzip = new GZipStream(new MemoryStream(from, offset, count, writable: false), CompressionMode.Decompress);
        int got = gzip.ReadAtLeast(into, into.Length, throwOnEndOfStream: false);
        return got == into.Length && gzip.ReadByte() >= 0 ? got + 1 : got;
    }

    private static int FromBrotli(ReadOnlySpan<byte> from, Span<byte> into) => BrotliDecoder.TryDecompress(from, into, out int written) ? written : -1;

    private int FromZstd(ReadOnlySpan<byte> from, Span<byte> into)
    {
        try
        {
            return _zstd.Unwrap(from, into);
        }
        catch (ZstdSharp.ZstdException e)
        {
            throw new InvalidDataException($"a page cannot be decompressed (ZSTD): {e.Message}", e);
        }
    }

    // Hadoop's writers put blocks behind one another, each after its two lengths in big-endian order; others of the same codec number write one bare block.
    private static int FromHadoop(ReadOnlySpan<byte> from, Span<byte> into)
    {
        int done = 0;
        for (var left = from; left.Length > 0;)
        {
            if (left.Length < 8) return LZ4Codec.Decode(from, into);
            long whole = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(left),
                block = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(left[4..]);
            if (block > left.Length - 8 || whole > into.Length - done) return LZ4Codec.Decode(from, into);
            if (LZ4Codec.Decode(left.Slice(8, (int)block), into.Slice(done, (int)whole)) != whole) return LZ4Codec.Decode(from, into);
            done += (int)whole;
            left = left[(8 + (int)block)..];
        }
        return done;
    }
}
