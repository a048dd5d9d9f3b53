using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet.Columns;
using Recsys.Batch.Pipeline.Parquet.Footer;
using Recsys.Batch.Pipeline.Parquet.Thrift;

namespace Recsys.Batch.Pipeline.Parquet.Pages;

/// <summary>
/// Some pages of one column as a whole Parquet file of their own, with one row group and one column: what Parquet.Net is given to decode. Every page is of
/// version 1 and needs no codec, and nothing in headers and footer comes from outside unchecked, names included. Memory is thus a run's, however long the row
/// group.
/// </summary>
internal sealed class PageRun(Leaf leaf)
{
    private readonly ArrayBufferWriter<byte> _file = new(1 << 16);
    private readonly PlainTexts _texts = new();

    /// <summary>Values of the run, nulls included.</summary>
    public int Values { get; private set; }

    /// <summary>Values that are no nulls.</summary>
    public int Present { get; private set; }

    public bool HasDictionary { get; private set; }

    /// <summary>What its values are.</summary>
    public ValueKind Kind { get; private set; }

    /// <summary>The texts that its values stand for; null where they are what the column stores.</summary>
    public TextDictionary? Texts { get; private set; }

    public bool HasDeltas { get; private set; }

    /// <summary>Whether the column's row group ends with it.</summary>
    public bool EndsGroup { get; set; }

    public int Group { get; set; }

    public Leaf Leaf => leaf;

    public int Length => _file.WrittenCount;

    /// <summary>Bytes that it holds: its file, and texts that are not in it.</summary>
    public long Held => Length + (long)_texts.Length;

    public byte[] Bytes => MemoryMarshal.TryGetArray(_file.WrittenMemory, out var segment) ? segment.Array! : [];

    public static int LevelBits(int max) => BitOperations.Log2((uint)max) + 1;

    public void Clear()
    {
        _file.ResetWrittenCount();
        _file.Write("PAR1"u8);
        (Values, Present, HasDictionary, HasDeltas, EndsGroup, Kind, Texts) = (0, 0, false, false, false, ValueKind.Stored, null);
        _texts.Clear();
    }

    public void AddDictionary(ReadOnlySpan<byte> bytes, int values)
    {
        var header = new ThriftWriter(_file);
        Begin(header, PageKind.Dictionary, bytes.Length);
        header.Struct(7);
        header.Int32(1, values);
        header.Int32(2, (int)PageEncoding.Plain);
        header.End();
        header.End();
        _file.Write(bytes);
        HasDictionary = true;
    }

    /// <summary>
    /// Lets the run give codes instead of texts: its column becomes one of integers, whose dictionary holds each code at its own place. So the library decodes
    /// the codes, of which it otherwise shows nothing.
    /// </summary>
    public void AddCodes(TextDictionary texts)
    {
        AddDictionary(Numbers(0, texts.Count), texts.Count);
        (Kind, Texts) = (ValueKind.Codes, texts);
    }

    /// <summary>
    /// A page of texts that are stored one after the other: they are taken here, and the library is given their numbers, so that it makes no array of each.
    /// </summary>
    public void AddTexts(ReadOnlySpan<byte> definition, ReadOnlySpan<byte> values, int count, int present)
    {
        Kind = ValueKind.Numbers;
        _texts.Add(values, present);
        AddData([], definition, Numbers(Present, present), PageEncoding.Plain, count, present);
    }

    public void AddData(ReadOnlySpan<byte> repetition, ReadOnlySpan<byte> definition, ReadOnlySpan<byte> values, PageEncoding encoding, int count, int present)
    {
        int length = values.Length + (leaf.MaxRepetition > 0 ? 4 + repetition.Length : 0) + (leaf.MaxDefinition > 0 ? 4 + definition.Length : 0);
        var header = new ThriftWriter(_file);
        Begin(header, PageKind.Data, length);
        header.Struct(5);
        header.Int32(1, count);
        header.Int32(2, (int)encoding);
        header.Int32(3, (int)PageEncoding.Rle);
        header.Int32(4, (int)PageEncoding.Rle);
        header.End();
        header.End();
        if (leaf.MaxRepetition > 0) Levels(repetition);
        if (leaf.MaxDefinition > 0) Levels(definition);
        _file.Write(values);
        Values = checked(Values + count);
        Present += present;
        HasDeltas |= encoding is PageEncoding.DeltaBinaryPacked or PageEncoding.DeltaByteArray or PageEncoding.DeltaLengthByteArray;
    }

    public void Complete()
    {
        if (Kind == ValueKind.Numbers) Texts = _texts.Take();
        int pages = _file.WrittenCount;
        var footer = new ThriftWriter(_file);
        footer.Begin();
        footer.Int32(1, 1);
        int wrappers = leaf.MaxDefinition - (leaf.MaxRepetition > 0 || leaf.MaxDefinition > 0 ? 1 : 0);
        footer.List(2, ThriftWriter.StructElement, wrappers + 2);
        for (int i = 0; i <= wrappers; i++) Wrapper(footer, optional: i > 0);
        Column(footer);
        footer.Int64(3, Values);
        footer.List(4, ThriftWriter.StructElement, 1);
        Chunk(footer, pages, wrappers);
        footer.End();
        int length = _file.WrittenCount - pages;
        BitConverter.TryWriteBytes(_file.GetSpan(4), length);
        _file.Advance(4);
        _file.Write("PAR1"u8);
    }

    private PhysicalType Stored =>
        Kind != ValueKind.Stored ? PhysicalType.Int32 : leaf.Element.Type == PhysicalType.Int96 ? PhysicalType.FixedBytes : leaf.Element.Type!.Value;

    private static void Begin(ThriftWriter header, PageKind kind, int length)
    {
        header.Begin();
        header.Int32(1, (int)kind);
        header.Int32(2, length);
        header.Int32(3, length);
    }

    private void Levels(ReadOnlySpan<byte> levels)
    {
        BitConverter.TryWriteBytes(_file.GetSpan(4), levels.Length);
        _file.Advance(4);
        _file.Write(levels);
    }

    private static ReadOnlySpan<byte> Numbers(int first, int count)
    {
        var numbers = new int[count];
        for (int k = 0; k < count; k++) numbers[k] = first + k;
        return MemoryMarshal.AsBytes(numbers.AsSpan());
    }

    private static void Wrapper(ThriftWriter footer, bool optional)
    {
        footer.Begin();
        if (optional) footer.Int32(3, (int)Repetition.Optional);
        footer.Text(4, "g"u8);
        footer.Int32(5, 1);
        footer.End();
    }

    private void Column(ThriftWriter footer)
    {
        var element = leaf.Element;
        footer.Begin();
        // The library knows 96 bits as a date alone, of years 1 to 9999; as an interval they are three integers.
        bool wide = element.Type == PhysicalType.Int96;
        footer.Int32(1, (int)Stored);
        // Of booleans in runs it takes the width from here.
        footer.Int32(2, wide ? 12 : element.Type == PhysicalType.Boolean ? 1 : element.TypeLength);
        footer.Int32(3, (int)(leaf.MaxRepetition > 0 ? Repetition.Repeated : leaf.MaxDefinition > 0 ? Repetition.Optional : Repetition.Required));
        footer.Text(4, "c"u8);
        if (wide) footer.Int32(6, 21);
        footer.End();
    }

    private void Chunk(ThriftWriter footer, int pages, int wrappers)
    {
        footer.Begin();
        footer.List(1, ThriftWriter.StructElement, 1);
        footer.Begin();
        footer.Int64(2, 4);
        footer.Struct(3);
        footer.Int32(1, (int)Stored);
        footer.List(2, ThriftWriter.Int32Element, 1);
        footer.Element((int)PageEncoding.Plain);
        footer.List(3, ThriftWriter.BinaryElement, wrappers + 1);
        for (int i = 0; i < wrappers; i++) footer.Element("g"u8);
        footer.Element("c"u8);
        footer.Int32(4, 0);
        footer.Int64(5, Values);
        footer.Int64(6, pages - 4);
        footer.Int64(7, pages - 4);
        footer.Int64(9, 4);
        footer.End();
        footer.End();
        footer.Int64(2, pages - 4);
        footer.Int64(3, Values);
        footer.End();
    }
}
