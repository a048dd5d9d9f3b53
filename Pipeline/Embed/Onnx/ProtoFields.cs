using Google.Protobuf;

namespace Recsys.Batch.Pipeline.Embed.Onnx;

/// <summary>Reads and changes a protocol buffer field by field, without its schema, so that all that is not looked for stays as it was.</summary>
internal static class ProtoFields
{
    /// <summary>The message with each length-delimited <paramref name="field"/> changed and all else as it was.</summary>
    public static ByteString Change(ByteString message, int field, Func<ByteString, ByteString> change)
    {
        return Message(output => Each(message, (found, type, input) =>
        {
            if (found != field || type != WireFormat.WireType.LengthDelimited) Pass(found, type, input, output);
            else
            {
                output.WriteTag(found, type);
                output.WriteBytes(change(input.ReadBytes()));
            }
        }));
    }

    /// <summary>What <paramref name="write"/> writes.</summary>
    public static ByteString Message(Action<CodedOutputStream> write)
    {
        var to = new MemoryStream();
        using (var output = new CodedOutputStream(to, leaveOpen: true)) write(output);
        return ByteString.CopyFrom(to.ToArray());
    }

    public static int? Number(ByteString message, int field)
    {
        int? found = null;
        Each(message, (at, type, input) =>
        {
            if (at == field && type == WireFormat.WireType.Varint) found = input.ReadInt32();
            else input.SkipLastField();
        });
        return found;
    }

    public static ByteString? Bytes(ByteString message, int field)
    {
        ByteString? found = null;
        Each(message, (at, type, input) =>
        {
            if (at == field && type == WireFormat.WireType.LengthDelimited) found = input.ReadBytes();
            else input.SkipLastField();
        });
        return found;
    }

    /// <summary>All length-delimited fields of a number, in order.</summary>
    public static List<ByteString> All(ByteString message, int field)
    {
        var found = new List<ByteString>();
        Each(message, (at, type, input) =>
        {
            if (at == field && type == WireFormat.WireType.LengthDelimited) found.Add(input.ReadBytes());
            else input.SkipLastField();
        });
        return found;
    }

    /// <summary>A repeated field of numbers, packed or not.</summary>
    public static List<long> Numbers(ByteString message, int field)
    {
        var found = new List<long>();
        Each(message, (at, type, input) =>
        {
            if (at != field) input.SkipLastField();
            else if (type == WireFormat.WireType.Varint) found.Add(input.ReadInt64());
            else
            {
                var packed = input.ReadBytes().CreateCodedInput();
                while (!packed.IsAtEnd) found.Add(packed.ReadInt64());
            }
        });
        return found;
    }

    public static void Each(ByteString message, Action<int, WireFormat.WireType, CodedInputStream> take)
    {
        var input = message.CreateCodedInput();
        while (input.ReadTag() is not 0 and var tag) take(WireFormat.GetTagFieldNumber(tag), WireFormat.GetTagWireType(tag), input);
    }

    public static void Pass(int field, WireFormat.WireType type, CodedInputStream input, CodedOutputStream output)
    {
        output.WriteTag(field, type);
        switch (type)
        {
            case WireFormat.WireType.Varint: output.WriteUInt64(input.ReadUInt64()); break;
            case WireFormat.WireType.Fixed64: output.WriteFixed64(input.ReadFixed64()); break;
            case WireFormat.WireType.Fixed32: output.WriteFixed32(input.ReadFixed32()); break;
            case WireFormat.WireType.LengthDelimited: output.WriteBytes(input.ReadBytes()); break;
            default: throw new InvalidDataException($"field {field} has the wire type {type}, which onnx.proto3 does not use");
        }
    }
}
