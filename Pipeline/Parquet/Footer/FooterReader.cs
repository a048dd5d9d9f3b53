using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet.Thrift;

namespace Recsys.Batch.Pipeline.Parquet.Footer;

/// <summary>
/// Reads a file's footer with every length and count held to the bytes there are. Parquet.Net's own reader of Thrift believes what it reads: it does not end
/// where the bytes do, and it allocates what they ask for, so it is never shown a footer from outside.
/// </summary>
internal static class FooterReader
{
    private const int MaxFooter = 256 << 20;

    public static FileFooter Read(string file, SafeFileHandle handle)
    {
        long length = RandomAccess.GetLength(handle);
        if (length == 0)
            throw new ParquetFileException(file, "is empty (0 bytes): its writer has not begun or has failed; write it again, or take it out of the folder");
        if (length < 12)
            throw new ParquetFileException(file, $"is no Parquet file: it has {length} bytes, and the least one has 12; {ForeignFile.Of(handle, length)}");
        Span<byte> tail = stackalloc byte[8];
        ReadAt(handle, length - 8, tail);
        if (tail[4..].SequenceEqual("PARE"u8)) throw new ParquetFileException(file, "is encrypted (it ends with PARE); decrypt it before it is read here");
        if (!tail[4..].SequenceEqual("PAR1"u8))
        {
            throw new ParquetFileException(
                file,
                $"is no Parquet file, or not all of it: {ForeignFile.Of(handle, length)} (its last four bytes are {Convert.ToHexString(tail[4..])}, "
                + $"expected {Convert.ToHexString("PAR1"u8)}, PAR1)");
        }
        int bytes = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (bytes <= 0 || bytes > length - 12)
            throw new ParquetFileException(file, $"says that its footer has {bytes} bytes; expected 1 to {length - 12}, as the file has {length}");
        if (bytes > MaxFooter) throw new ParquetFileException(file, $"has a footer of {bytes} bytes; expected at most {MaxFooter}");
        var footer = new byte[bytes];
        ReadAt(handle, length - 8 - bytes, footer);
        try
        {
            return Parse(footer, length - 8 - bytes);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or OverflowException)
        {
            throw new ParquetFileException(file, $"has a footer that cannot be read: {e.Message}; the file is corrupt; download or export it again", e);
        }
    }

    /// <summary>A footer's bytes alone, without what ends a file.</summary>
    public static FileFooter Parse(ReadOnlySpan<byte> footer, long pagesEnd)
    {
        var reader = new ThriftReader(footer);
        var schema = new List<SchemaElement>();
        var groups = new List<RowGroup>();
        for (int id = 0; reader.Field(ref id, out int type);)
            switch (id)
            {
                case 2 when type == ThriftReader.List:
                    for (int n = reader.ListHead(out _); n > 0; n--) schema.Add(SchemaReader.Element(ref reader));
                    break;
                case 4 when type == ThriftReader.List:
                    for (int n = reader.ListHead(out _); n > 0; n--) groups.Add(Group(ref reader));
                    break;
                default: reader.Skip(type); break;
            }
        if (schema.Count == 0) throw new InvalidDataException("it has no schema");
        return new FileFooter(schema, groups, pagesEnd);
    }

    private static RowGroup Group(ref ThriftReader reader)
    {
        long rows = 0;
        var columns = new List<ColumnChunk>();
        for (int id = 0; reader.Field(ref id, out int type);)
            switch (id)
            {
                case 1 when type == ThriftReader.List:
                    for (int n = reader.ListHead(out _); n > 0; n--) columns.Add(Chunk(ref reader));
                    break;
                case 3: rows = reader.Integer(); break;
                default: reader.Skip(type); break;
            }
        if (rows < 0) throw new InvalidDataException($"a row group has {rows} rows");
        return new RowGroup(rows, columns);
    }

    private static ColumnChunk Chunk(ref ThriftReader reader)
    {
        ColumnChunk? chunk = null;
        bool encrypted = false;
        string? otherFile = null;
        for (int id = 0; reader.Field(ref id, out int type);)
            switch (id)
            {
                case 1 when type == ThriftReader.Binary: otherFile = Encoding.UTF8.GetString(reader.Text()); break;
                case 3 when type == ThriftReader.Struct: chunk = Content(ref reader); break;
                case 8 or 9:
                    encrypted = true;
                    reader.Skip(type);
                    break;
                default: reader.Skip(type); break;
            }
        chunk ??= new ColumnChunk(default, 0, 0, 0, 0, 0, encrypted, otherFile);
        return chunk with { Encrypted = encrypted, OtherFile = otherFile is { Length: > 0 } ? otherFile : null };
    }

    private static ColumnChunk Content(ref ThriftReader reader)
    {
        long kind = 0, codec = 0, values = 0, bytes = 0, uncompressed = 0, data = 0, dictionary = 0;
        for (int id = 0; reader.Field(ref id, out int type);)
            switch (id)
            {
                case 1: kind = reader.Integer(); break;
                case 4: codec = reader.Integer(); break;
                case 5: values = reader.Integer(); break;
                case 6: uncompressed = reader.Integer(); break;
                case 7: bytes = reader.Integer(); break;
                case 9: data = reader.Integer(); break;
                case 11: dictionary = reader.Integer(); break;
                default: reader.Skip(type); break;
            }
        if (values < 0) throw new InvalidDataException($"a column has {values} values");
        if (kind is < 0 or > 7) throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"a column is of type {kind}; expected 0 to 7"));
        // Some writers set the dictionary's place to 0 for none.
        return new ColumnChunk(
            (PhysicalType)kind, checked((int)codec), values, dictionary >= 4 && dictionary < data ? dictionary : data, bytes, uncompressed, false, null);
    }

    private static void ReadAt(SafeFileHandle handle, long at, Span<byte> into)
    {
        while (into.Length > 0)
        {
            int read = RandomAccess.Read(handle, into, at);
            if (read == 0) throw new InvalidDataException("the file became shorter while it was read");
            into = into[read..];
            at += read;
        }
    }
}
