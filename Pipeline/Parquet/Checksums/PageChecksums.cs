using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Recsys.Batch.Pipeline.Parquet.Checksums;

/// <summary>
/// The CRC-32 that a Parquet writer may put into each page's header (Spark does), which DuckDB does not look at: without it a flipped bit in a page mostly
/// gives other values and no error. What else is wrong with a file is left for the decoder to say.
/// </summary>
internal static class PageChecksums
{
    private const int MaxFooter = 256 << 20;
    private const int MaxHeader = 1 << 20;
    private const int MaxPage = 1 << 30;
    private const long DictionaryPage = 2;

    /// <summary>What is wrong with the first page whose checksum does not fit, or null where all fit or there are none.</summary>
    /// <param name="columns">Top-level columns to look at; null: all.</param>
    public static string? FirstMismatch(string file, IReadOnlyCollection<string>? columns)
    {
        try
        {
            using var handle = File.OpenHandle(file, options: FileOptions.SequentialScan);
            long length = RandomAccess.GetLength(handle);
            var buffer = new byte[1 << 16];
            foreach (var chunk in ReadFooter(handle, length))
            {
                if (columns is not null && !columns.Contains(chunk.Column)) continue;
                for (long at = chunk.Start; at < chunk.Start + chunk.Bytes;)
                {
                    var page = ReadPageHeader(handle, at, ref buffer);
                    // A writer gives checksums or gives none; some leave dictionaries without, or what follows them.
                    if (page.Checksum is null && page.Type != DictionaryPage && at == chunk.Start) return null;
                    long data = at + page.HeaderBytes;
                    if (page.Bytes is < 0 or > MaxPage || data + page.Bytes > length) return null;
                    if (page.Checksum is { } expected && Crc32.Of(Read(handle, data, page.Bytes, ref buffer)) is var found && found != expected)
                        return $"column '{chunk.Column}', row group {chunk.RowGroup}: the page at byte {at} has checksum {found:x8}, but its header says {expected:x8}; the file is damaged, get it anew from its source";
                    at = data + page.Bytes;
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ArgumentException or OverflowException)
        {
            // Metadata that this walk cannot follow is the decoder's to judge: it knows more of the format.
        }
        return null;
    }

    private static List<Chunk> ReadFooter(SafeFileHandle handle, long length)
    {
        var buffer = new byte[8];
        if (length < 12) return [];
        Read(handle, length - 8, 8, ref buffer);
        int footer = BinaryPrimitives.ReadInt32LittleEndian(buffer);
        if (footer is <= 0 or > MaxFooter || footer > length - 12 || !buffer.AsSpan(4, 4).SequenceEqual("PAR1"u8)) return [];
        var reader = new ThriftReader(Read(handle, length - 8 - footer, footer, ref buffer));
        var chunks = new List<Chunk>();
        for (int id = 0; reader.Field(ref id, out int type);)
        {
            if (id != 4 || type != ThriftReader.List)
            {
                reader.Skip(type);
                continue;
            }
            int groups = reader.ListHead(out _);
            for (int group = 0; group < groups; group++) ReadRowGroup(ref reader, group, chunks);
        }
        return chunks;
    }

    private static void ReadRowGroup(ref ThriftReader reader, int group, List<Chunk> chunks)
    {
        for (int id = 0; reader.Field(ref id, out int type);)
        {
            if (id != 1 || type != ThriftReader.List)
            {
                reader.Skip(type);
                continue;
            }
            int columns = reader.ListHead(out _);
            for (int column = 0; column < columns; column++)
                for (int field = 0; reader.Field(ref field, out int fieldType);)
                    if (field == 3 && fieldType == ThriftReader.Struct) chunks.Add(ReadColumn(ref reader, group));
                    else reader.Skip(fieldType);
        }
    }

    private static Chunk ReadColumn(ref ThriftReader reader, int group)
    {
        string name = "";
        long bytes = 0, data = 0, dictionary = 0;
        for (int id = 0; reader.Field(ref id, out int type);)
            switch (id)
            {
                case 3 when type == ThriftReader.List:
                    int parts = reader.ListHead(out int element);
                    for (int part = 0; part < parts; part++)
                        if (part == 0 && element == ThriftReader.Binary) name = Encoding.UTF8.GetString(reader.Text());
                        else reader.Skip(element);
                    break;
                case 7: bytes = reader.Integer(); break;
                case 9: data = reader.Integer(); break;
                case 11: dictionary = reader.Integer(); break;
                default: reader.Skip(type); break;
            }
        return new Chunk(name, group, dictionary > 0 && dictionary < data ? dictionary : data, bytes);
    }

    private static PageHeader ReadPageHeader(SafeFileHandle handle, long at, ref byte[] buffer)
    {
        // Headers are some tens of bytes, unless they carry long statistics.
        for (int window = 256; ; window *= 8)
        {
            var bytes = buffer.AsSpan(0, RandomAccess.Read(handle, buffer.AsSpan(0, Math.Min(window, buffer.Length)), at));
            try
            {
                return ParsePageHeader(bytes);
            }
            catch (InvalidDataException) when (bytes.Length >= window && window < MaxHeader)
            {
                if (buffer.Length < window * 8) buffer = new byte[window * 8];
            }
        }
    }

    private static PageHeader ParsePageHeader(ReadOnlySpan<byte> bytes)
    {
        var reader = new ThriftReader(bytes);
        long kind = -1, size = -1;
        uint? checksum = null;
        for (int id = 0; reader.Field(ref id, out int type);)
            switch (id)
            {
                case 1: kind = reader.Integer(); break;
                case 3: size = reader.Integer(); break;
                case 4: checksum = (uint)reader.Integer(); break;
                default: reader.Skip(type); break;
            }
        return new PageHeader(kind, reader.Position, size is >= 0 and <= int.MaxValue ? (int)size : -1, checksum);
    }

    private static ReadOnlySpan<byte> Read(SafeFileHandle handle, long at, int count, ref byte[] buffer)
    {
        if (at < 0) throw new InvalidDataException("before the file's start");
        if (buffer.Length < count) buffer = new byte[count];
        for (int done = 0; done < count;)
        {
            int read = RandomAccess.Read(handle, buffer.AsSpan(done, count - done), at + done);
            if (read == 0) throw new EndOfStreamException();
            done += read;
        }
        return buffer.AsSpan(0, count);
    }

    private readonly record struct Chunk(string Column, int RowGroup, long Start, long Bytes);

    private readonly record struct PageHeader(long Type, int HeaderBytes, int Bytes, uint? Checksum);
}
