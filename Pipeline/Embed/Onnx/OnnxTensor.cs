using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Recsys.Batch.Pipeline.Embed.Onnx;

/// <summary>A tensor of a graph.</summary>
/// <param name="Shape">Empty is a number alone.</param>
/// <param name="Message">The tensor as it is written.</param>
internal sealed record OnnxTensor(string Name, TensorElementType Type, IReadOnlyList<long> Shape, ByteString Message)
{
    public static OnnxTensor Of(ByteString message) => new(
        ProtoFields.Bytes(message, OnnxMessage.TensorName)?.ToStringUtf8() ?? "",
        (TensorElementType)(ProtoFields.Number(message, OnnxMessage.TensorType) ?? 0),
        ProtoFields.Numbers(message, OnnxMessage.TensorDims),
        message);

    /// <summary>Whether its values lie in another file.</summary>
    public bool IsExternal => ProtoFields.Number(Message, OnnxMessage.TensorDataLocation) == OnnxMessage.External;

    /// <summary>The values of a float32 or float16 tensor as float32, row-major; null for other types and where they lie in another file.</summary>
    public float[]? Floats() => IsExternal ? null : Type switch
    {
        TensorElementType.Float => Singles(),
        TensorElementType.Float16 => Widened(),
        _ => null,
    };

    /// <summary>The tensor as float32 where it is float16, else as it was.</summary>
    public ByteString Widen()
    {
        if (Type != TensorElementType.Float16 || Floats() is not { } floats) return Message;
        return ProtoFields.Message(to =>
        {
            ProtoFields.Each(Message, (field, type, input) =>
            {
                if (field is OnnxMessage.TensorType or OnnxMessage.TensorInt32Data or OnnxMessage.TensorRawData) input.SkipLastField();
                else ProtoFields.Pass(field, type, input, to);
            });
            OnnxMessage.Put(to, OnnxMessage.TensorType, (int)TensorElementType.Float);
            OnnxMessage.Put(to, OnnxMessage.TensorRawData, ByteString.CopyFrom(MemoryMarshal.AsBytes(floats.AsSpan())));
        });
    }

    /// <summary>The tensor with its values left in another file, in the same folder.</summary>
    public ByteString At(string file, FilePlace place) => ProtoFields.Message(to =>
    {
        ProtoFields.Each(Message, (field, type, input) =>
        {
            if (field == OnnxMessage.TensorRawData) input.SkipLastField();
            else ProtoFields.Pass(field, type, input, to);
        });
        string Number(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        OnnxMessage.Put(to, OnnxMessage.TensorExternalData, OnnxMessage.Entry("location", file));
        OnnxMessage.Put(to, OnnxMessage.TensorExternalData, OnnxMessage.Entry("offset", Number(place.Offset)));
        OnnxMessage.Put(to, OnnxMessage.TensorExternalData, OnnxMessage.Entry("length", Number(place.Length)));
        OnnxMessage.Put(to, OnnxMessage.TensorDataLocation, OnnxMessage.External);
    });

    private float[] Singles()
    {
        if (ProtoFields.Bytes(Message, OnnxMessage.TensorRawData) is { } raw) return MemoryMarshal.Cast<byte, float>(raw.Span).ToArray();
        var found = new List<float>();
        ProtoFields.Each(Message, (field, type, input) =>
        {
            if (field != OnnxMessage.TensorFloatData) input.SkipLastField();
            else if (type == WireFormat.WireType.Fixed32) found.Add(input.ReadFloat());
            else found.AddRange(MemoryMarshal.Cast<byte, float>(input.ReadBytes().Span));
        });
        return [.. found];
    }

    /// <summary>A half is the low 16 bits of an entry of <c>int32_data</c>, or two bytes of <c>raw_data</c>.</summary>
    private float[] Widened()
    {
        var halves = ProtoFields.Bytes(Message, OnnxMessage.TensorRawData) is { } raw
            ? MemoryMarshal.Cast<byte, Half>(raw.Span).ToArray()
            : [.. ProtoFields.Numbers(Message, OnnxMessage.TensorInt32Data).Select(n => BitConverter.UInt16BitsToHalf((ushort)n))];
        var floats = new float[halves.Length];
        TensorPrimitives.ConvertToSingle(halves, floats);
        return floats;
    }
}

/// <summary>Bytes of a file.</summary>
internal readonly record struct FilePlace(long Offset, int Length);
