namespace Recsys.Batch.Pipeline.Parquet.Thrift;

/// <summary>As much of Thrift's compact protocol as it takes to find pages. Bytes are hostile: every read is bounded, nesting too.</summary>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    public const int True = 1, False = 2, Byte = 3, Double = 7, Binary = 8, List = 9, Set = 10, Map = 11, Struct = 12;

    private const int Deepest = 32;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _depth;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>The next field of a struct; <paramref name="id"/> holds the field before it and becomes this one's. False at the struct's end.</summary>
    public bool Field(ref int id, out int type)
    {
        int head = Next();
        type = head & 0x0F;
        if (type == 0) return false;
        id = head >> 4 == 0 ? (int)Integer() : id + (head >> 4);
        return true;
    }

    /// <summary>A signed integer of any width.</summary>
    public long Integer()
    {
        ulong zigzag = Varint();
        return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
    }

    /// <summary>A signed integer of eight bits, which travels as it is.</summary>
    public sbyte Small() => (sbyte)Next();

    public ReadOnlySpan<byte> Text()
    {
        int length = Length();
        var text = _bytes.Slice(Position, length);
        Position += length;
        return text;
    }

    /// <summary>Number and type of the elements that follow.</summary>
    public int ListHead(out int type)
    {
        int head = Next();
        type = head & 0x0F;
        return head >> 4 == 15 ? Length() : head >> 4;
    }

    public void Skip(int type)
    {
        if (++_depth > Deepest) throw new InvalidDataException("nested too deeply");
        switch (type)
        {
            case True or False: break;
            case Byte: Next(); break;
            case Double: Position = checked(Position + 8); break;
            case Binary: Text(); break;
            case List or Set:
                for (int n = ListHead(out int element); n > 0; n--) SkipElement(element);
                break;
            case Map:
                int pairs = Length();
                int types = pairs > 0 ? Next() : 0;
                for (; pairs > 0; pairs--)
                {
                    SkipElement(types >> 4);
                    SkipElement(types & 0x0F);
                }
                break;
            case Struct:
                for (int id = 0; Field(ref id, out int field);) Skip(field);
                break;
            default: Integer(); break;
        }
        _depth--;
    }

    // A boolean inside a collection takes a byte; as a field it lies in the field's head.
    private void SkipElement(int type) => Skip(type is True or False ? Byte : type);

    private int Length()
    {
        ulong length = Varint();
        if (length > (ulong)(_bytes.Length - Position)) throw new InvalidDataException("longer than what is left");
        return (int)length;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            int b = Next();
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
        throw new InvalidDataException("an integer without end");
    }

    private int Next()
    {
        if ((uint)Position >= (uint)_bytes.Length) throw new InvalidDataException("ends early");
        return _bytes[Position++];
    }
}
