using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime.Tensors;
using Recsys.Batch.Pipeline.Embed.Onnx;

namespace Recsys.Batch.Pipeline.Embed.Transformer;

/// <summary>
/// A copy of a graph, in a temporary folder, in which weights kept as half floats are float32. ML.NET looks at the type of every weight and refuses halves; a
/// graph that keeps its weights as halves and casts them when it runs, as the shipped encoder does, computes the same bits from the copy, since widening is
/// exact and a cast of float32 to float32 does nothing. Field numbers are those of onnx.proto3.
/// </summary>
internal sealed class Float32Graph : IDisposable
{
    private const int ModelGraph = 7, GraphInitializer = 5, TensorType = 2, TensorInt32Data = 5, TensorRawData = 9;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recsys-graph-");

    private Float32Graph()
    {
    }

    public string File => Path.Combine(_folder.FullName, "model.onnx");

    /// <exception cref="InvalidProtocolBufferException">The file is not a protocol buffer.</exception>
    public static Float32Graph Of(string graph)
    {
        var bytes = ByteString.CopyFrom(System.IO.File.ReadAllBytes(graph));
        var model = ProtoFields.Change(bytes, ModelGraph, g => ProtoFields.Change(g, GraphInitializer, Widen));
        var widened = new Float32Graph();
        System.IO.File.WriteAllBytes(widened.File, model.Span);
        return widened;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>A half is the low 16 bits of an entry of <c>int32_data</c>, or two bytes of <c>raw_data</c>.</summary>
    private static ByteString Widen(ByteString tensor)
    {
        if (ProtoFields.Number(tensor, TensorType) != (int)TensorElementType.Float16) return tensor;
        var halves = ProtoFields.Bytes(tensor, TensorRawData) is { } raw ? MemoryMarshal.Cast<byte, Half>(raw.Span).ToArray() : Halves(tensor);
        var floats = new float[halves.Length];
        TensorPrimitives.ConvertToSingle(halves, floats);

        var to = new MemoryStream();
        using (var output = new CodedOutputStream(to, leaveOpen: true))
        {
            ProtoFields.Each(tensor, (field, type, input) =>
            {
                if (field is TensorType or TensorInt32Data or TensorRawData) input.SkipLastField();
                else ProtoFields.Pass(field, type, input, output);
            });
            output.WriteTag(TensorType, WireFormat.WireType.Varint);
            output.WriteInt32((int)TensorElementType.Float);
            output.WriteTag(TensorRawData, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(MemoryMarshal.AsBytes(floats.AsSpan())));
        }
        return ByteString.CopyFrom(to.ToArray());
    }

    private static Half[] Halves(ByteString tensor)
    {
        var found = new List<Half>();
        ProtoFields.Each(tensor, (field, type, input) =>
        {
            if (field != TensorInt32Data) input.SkipLastField();
            else if (type == WireFormat.WireType.Varint) found.Add(BitConverter.UInt16BitsToHalf((ushort)input.ReadInt32()));
            else
            {
                var packed = input.ReadBytes().CreateCodedInput();
                while (!packed.IsAtEnd) found.Add(BitConverter.UInt16BitsToHalf((ushort)packed.ReadInt32()));
            }
        });
        return [.. found];
    }
}
