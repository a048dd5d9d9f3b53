using System.Buffers;
using Recsys.Batch.Pipeline.Parquet.Footer;
using Recsys.Batch.Pipeline.Parquet.Pages;
using Recsys.Batch.Pipeline.Parquet.Thrift;

namespace Recsys.Batch.Pipeline.Tests.Parquet;

/// <summary>A Parquet file of one column <c>x</c> whose every number may lie.</summary>
internal sealed class HandMadeFile
{
    public PhysicalType Type { get; set; } = PhysicalType.Int64;

    public Repetition Repetition { get; set; }

    /// <summary>Writes the field <c>logicalType</c> of the column.</summary>
    public Action<ThriftWriter>? Logical { get; set; }

    public int Codec { get; set; }

    public long Rows { get; set; } = 2;

    public long Values { get; set; } = 2;

    public long Start { get; set; } = 4;

    public int RootChildren { get; set; } = 1;

    public bool Encrypted { get; set; }

    public string? OtherFile { get; set; }

    public string Magic { get; set; } = "PAR1";

    public List<byte[]> Pages { get; } = [];

    /// <summary>A data page of version 1.</summary>
    public static byte[] Page(
        byte[] content, int values, PageEncoding encoding = PageEncoding.Plain, int? uncompressed = null, int? stored = null, PageKind kind = PageKind.Data)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var header = new ThriftWriter(bytes);
        header.Begin();
        header.Int32(1, (int)kind);
        header.Int32(2, uncompressed ?? content.Length);
        header.Int32(3, stored ?? content.Length);
        header.Struct(kind == PageKind.Dictionary ? 7 : 5);
        header.Int32(1, values);
        header.Int32(2, (int)encoding);
        if (kind == PageKind.Data)
        {
            header.Int32(3, (int)PageEncoding.Rle);
            header.Int32(4, (int)PageEncoding.Rle);
        }
        header.End();
        header.End();
        bytes.Write(content);
        return bytes.WrittenSpan.ToArray();
    }

    public string WriteTo(string file)
    {
        var bytes = new ArrayBufferWriter<byte>();
        bytes.Write("PAR1"u8);
        foreach (var page in Pages) bytes.Write(page);
        int pages = bytes.WrittenCount;
        var footer = new ThriftWriter(bytes);
        footer.Begin();
        footer.Int32(1, 1);
        footer.List(2, ThriftWriter.StructElement, 2);
        footer.Begin();
        footer.Text(4, "root"u8);
        footer.Int32(5, RootChildren);
        footer.End();
        footer.Begin();
        footer.Int32(1, (int)Type);
        footer.Int32(3, (int)Repetition);
        footer.Text(4, "x"u8);
        Logical?.Invoke(footer);
        footer.End();
        footer.Int64(3, Rows);
        footer.List(4, ThriftWriter.StructElement, 1);
        footer.Begin();
        footer.List(1, ThriftWriter.StructElement, 1);
        Chunk(footer, pages);
        footer.Int64(2, pages);
        footer.Int64(3, Rows);
        footer.End();
        footer.End();
        bytes.Write(BitConverter.GetBytes(bytes.WrittenCount - pages));
        bytes.Write(System.Text.Encoding.ASCII.GetBytes(Magic));
        File.WriteAllBytes(file, bytes.WrittenSpan);
        return file;
    }

    private void Chunk(ThriftWriter footer, int pages)
    {
        footer.Begin();
        if (OtherFile is not null) footer.Text(1, System.Text.Encoding.UTF8.GetBytes(OtherFile));
        footer.Int64(2, 4);
        footer.Struct(3);
        footer.Int32(1, (int)Type);
        footer.List(2, ThriftWriter.Int32Element, 1);
        footer.Element((int)PageEncoding.Plain);
        footer.List(3, ThriftWriter.BinaryElement, 1);
        footer.Element("x"u8);
        footer.Int32(4, Codec);
        footer.Int64(5, Values);
        footer.Int64(6, pages - 4);
        footer.Int64(7, pages - 4);
        footer.Int64(9, Start);
        footer.End();
        if (Encrypted)
        {
            footer.Struct(8);
            footer.Mark(1);
            footer.End();
        }
        footer.End();
    }
}
