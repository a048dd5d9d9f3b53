using System.Buffers;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet.Footer;
using Recsys.Batch.Pipeline.Parquet.Pages;
using Recsys.Batch.Pipeline.Parquet.Thrift;

namespace Recsys.Batch.Pipeline.Parquet.Writing;

/// <summary>
/// Puts our footer in place of the library's: names and meanings of the columns, where each one's dictionary and data lie, and bounds in the order that the
/// format defines. It carries no clock and no path.
/// </summary>
internal static class FooterWriter
{
    private const int Zstd = 6;

    public static void Replace(string file, FileStream written, IReadOnlyList<ColumnField> fields, List<ChunkStatistics[]> statistics)
    {
        written.Flush();
        var footer = FooterReader.Read(file, written.SafeFileHandle);
        var window = new PageWindow(written.SafeFileHandle, footer.PagesEnd);
        var bytes = new ArrayBufferWriter<byte>();
        Write(new ThriftWriter(bytes), footer, window, fields, statistics);
        written.SetLength(footer.PagesEnd);
        written.Seek(0, SeekOrigin.End);
        written.Write(bytes.WrittenSpan);
        written.Write(BitConverter.GetBytes(bytes.WrittenCount));
        written.Write("PAR1"u8);
    }

    private static void Write(ThriftWriter to, FileFooter footer, PageWindow window, IReadOnlyList<ColumnField> fields, List<ChunkStatistics[]> statistics)
    {
        to.Begin();
        to.Int32(1, 1);
        to.List(2, ThriftWriter.StructElement, 1 + fields.Count + 2 * fields.Count(f => f.Type == ColumnType.FloatList));
        to.Begin();
        to.Text(4, "root"u8);
        to.Int32(5, fields.Count);
        to.End();
        foreach (var field in fields) Write(to, field);
        to.Int64(3, footer.Rows);
        to.List(4, ThriftWriter.StructElement, footer.Groups.Count);
        for (int i = 0; i < footer.Groups.Count; i++) Write(to, footer.Groups[i], window, fields, statistics[i]);
        to.Text(6, Encoding.UTF8.GetBytes("Recsys.Batch on " + ParquetFiles.Engine));
        to.List(7, ThriftWriter.StructElement, fields.Count);
        for (int i = 0; i < fields.Count; i++)
        {
            to.Begin();
            to.Mark(1);
            to.End();
        }
        to.End();
    }

    private static void Write(ThriftWriter to, ColumnField field)
    {
        if (field.Type == ColumnType.FloatList)
        {
            WriteList(to, field.Name);
            return;
        }
        to.Begin();
        to.Int32(1, (int)Physical(field.Type));
        to.Int32(3, (int)Repetition.Optional);
        to.Text(4, Encoding.UTF8.GetBytes(field.Name));
        switch (field.Type)
        {
            case ColumnType.Utf8:
                to.Int32(6, 0);
                to.Struct(10);
                to.Mark(1);
                to.End();
                break;
            case ColumnType.Timestamp:
                var unit = Times.Stored(field);
                // The older annotation means an instant.
                if (field.IsUtc) to.Int32(6, unit == TimestampUnit.Milliseconds ? 9 : 10);
                to.Struct(10);
                to.Struct(8);
                to.Boolean(1, field.IsUtc);
                to.Struct(2);
                to.Mark(unit switch { TimestampUnit.Milliseconds => 1, TimestampUnit.Microseconds => 2, _ => 3 });
                to.End();
                to.End();
                to.End();
                break;
        }
        to.End();
    }

    // optional group NAME (LIST) { repeated group list { optional float element } }, which all readers of lists know.
    private static void WriteList(ThriftWriter to, string name)
    {
        to.Begin();
        to.Int32(3, (int)Repetition.Optional);
        to.Text(4, Encoding.UTF8.GetBytes(name));
        to.Int32(5, 1);
        to.Int32(6, 3);
        to.Struct(10);
        to.Mark(3);
        to.End();
        to.End();
        to.Begin();
        to.Int32(3, (int)Repetition.Repeated);
        to.Text(4, "list"u8);
        to.Int32(5, 1);
        to.End();
        to.Begin();
        to.Int32(1, (int)PhysicalType.Float);
        to.Int32(3, (int)Repetition.Optional);
        to.Text(4, "element"u8);
        to.End();
    }

    private static void Write(ThriftWriter to, RowGroup group, PageWindow window, IReadOnlyList<ColumnField> fields, ChunkStatistics[] statistics)
    {
        to.Begin();
        to.List(1, ThriftWriter.StructElement, fields.Count);
        for (int i = 0; i < fields.Count; i++)
        {
            to.Begin();
            to.Int64(2, 0);
            to.Struct(3);
            Write(to, group.Columns[i], window, fields[i], statistics[i]);
            to.End();
            to.End();
        }
        to.Int64(2, group.Columns.Sum(c => c.Uncompressed));
        to.Int64(3, group.Rows);
        to.End();
    }

    private static void Write(ThriftWriter to, ColumnChunk chunk, PageWindow window, ColumnField field, ChunkStatistics statistics)
    {
        var first = window.Header(chunk.Start);
        bool dictionary = first.Kind == PageKind.Dictionary;
        to.Int32(1, (int)chunk.Type);
        to.List(2, ThriftWriter.Int32Element, dictionary ? 3 : 2);
        to.Element((int)PageEncoding.Plain);
        to.Element((int)PageEncoding.Rle);
        if (dictionary) to.Element((int)PageEncoding.PlainDictionary);
        bool list = field.Type == ColumnType.FloatList;
        to.List(3, ThriftWriter.BinaryElement, list ? 3 : 1);
        to.Element(Encoding.UTF8.GetBytes(field.Name));
        if (list)
        {
            to.Element("list"u8);
            to.Element("element"u8);
        }
        to.Int32(4, Zstd);
        to.Int64(5, chunk.Values);
        to.Int64(6, chunk.Uncompressed);
        to.Int64(7, chunk.Bytes);
        to.Int64(9, dictionary ? chunk.Start + first.HeaderBytes + first.Bytes : chunk.Start);
        if (dictionary) to.Int64(11, chunk.Start);
        to.Struct(12);
        to.Int64(3, statistics.Nulls);
        if (statistics is { Least: { } least, Greatest: { } greatest })
        {
            to.Text(5, greatest);
            to.Text(6, least);
        }
        to.End();
    }

    private static PhysicalType Physical(ColumnType type) => type switch
    {
        ColumnType.Int32 => PhysicalType.Int32,
        ColumnType.Int64 or ColumnType.Timestamp => PhysicalType.Int64,
        ColumnType.Double => PhysicalType.Double,
        ColumnType.FloatList => PhysicalType.Float,
        ColumnType.Boolean => PhysicalType.Boolean,
        _ => PhysicalType.Bytes,
    };
}
