using System.Buffers;

namespace Recsys.Batch.Pipeline.Parquet.Thrift;

/// <summary>As much of Thrift's compact protocol as Parquet's footers and page headers take. Fields of a struct come in ascending order of their ids.</summary>
internal sealed class ThriftWriter(IBufferWriter<byte> output)
{
    private const int Int32Type = 5, Int64Type = 6;

    public const int BinaryElement = 8, StructElement = 12, Int32Element = 5;

    private readonly Stack<int> _outer = new();
    private int _last;

    public void Begin()
    {
        _outer.Push(_last);
        _last = 0;
    }

    public void End()
    {
        Put(0);
        _last = _outer.Pop();
    }

    public void Int32(int id, int value)
    {
        Head(id, Int32Type);
        Zigzag(value);
    }

    public void Int64(int id, long value)
    {
        Head(id, Int64Type);
        Zigzag(value);
    }

    public void Small(int id, sbyte value)
    {
        Head(id, 3);
        Put((byte)value);
    }

    public void Boolean(int id, bool value) => Head(id, value ? 1 : 2);

    public void Text(int id, ReadOnlySpan<byte> utf8)
    {
        Head(id, BinaryElement);
        Element(utf8);
    }

    public void Struct(int id)
    {
        Head(id, StructElement);
        Begin();
    }

    /// <summary>A struct without fields, as Parquet's unions use for a choice that needs no more words.</summary>
    public void Mark(int id)
    {
        Struct(id);
        End();
    }

    public void List(int id, int element, int count)
    {
        Head(id, 9);
        if (count < 15)
        {
            Put((byte)(count << 4 | element));
            return;
        }
        Put((byte)(0xF0 | element));
        Varint((ulong)count);
    }

    public void Element(ReadOnlySpan<byte> utf8)
    {
        Varint((ulong)utf8.Length);
        output.Write(utf8);
    }

    public void Element(int value) => Zigzag(value);

    private void Head(int id, int type)
    {
        int step = id - _last;
        _last = id;
        if (step is > 0 and < 16)
        {
            Put((byte)(step << 4 | type));
            return;
        }
        Put((byte)type);
        Zigzag(id);
    }

    private void Zigzag(long value) => Varint((ulong)(value << 1) ^ (ulong)(value >> 63));

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) Put((byte)(value | 0x80));
        Put((byte)value);
    }

    private void Put(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }
}
