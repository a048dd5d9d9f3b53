using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Recsys.Batch.Pipeline.Embed.Onnx;

/// <summary>Field numbers of onnx.proto3, and its messages as they are written here.</summary>
internal static class OnnxMessage
{
    public const int ModelGraph = 7, ModelOperators = 8, ModelMetadata = 14;
    public const int OperatorsDomain = 1, OperatorsVersion = 2;
    public const int EntryKey = 1, EntryValue = 2;
    public const int GraphNode = 1, GraphInitializer = 5, GraphInput = 11, GraphOutput = 12;
    public const int NodeInput = 1, NodeOutput = 2, NodeName = 3, NodeType = 4, NodeAttribute = 5, NodeDomain = 7;
    public const int AttributeName = 1, AttributeInt = 3, AttributeTensor = 5, AttributeGraph = 6, AttributeInts = 8, AttributeType = 20, IntAttribute = 2;
    public const int TensorDims = 1, TensorType = 2, TensorFloatData = 4, TensorInt32Data = 5, TensorName = 8, TensorRawData = 9;
    public const int TensorExternalData = 13, TensorDataLocation = 14, External = 1;
    public const int ValueName = 1;

    public static ByteString Node(string type, IEnumerable<string> inputs, string output, params (string Name, int Value)[] attributes) =>
        ProtoFields.Message(to =>
        {
            foreach (string input in inputs) Put(to, NodeInput, input);
            Put(to, NodeOutput, output);
            Put(to, NodeName, output + "_node");
            Put(to, NodeType, type);
            foreach (var (name, value) in attributes)
            {
                Put(to, NodeAttribute, ProtoFields.Message(attribute =>
                {
                    Put(attribute, AttributeName, name);
                    Put(attribute, AttributeInt, value);
                    Put(attribute, AttributeType, IntAttribute);
                }));
            }
        });

    /// <param name="shape">Empty is a number alone.</param>
    /// <param name="values">Little-endian, row-major.</param>
    public static ByteString Tensor<T>(string name, TensorElementType type, ReadOnlySpan<int> shape, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        int[] dims = shape.ToArray();
        var raw = ByteString.CopyFrom(MemoryMarshal.AsBytes(values));
        return ProtoFields.Message(to =>
        {
            foreach (int dim in dims) Put(to, TensorDims, dim);
            Put(to, TensorType, (int)type);
            Put(to, TensorName, name);
            Put(to, TensorRawData, raw);
        });
    }

    /// <summary>A name and its value, as a model's metadata and a tensor's place in another file are written.</summary>
    public static ByteString Entry(string key, string value) => ProtoFields.Message(to =>
    {
        Put(to, EntryKey, key);
        Put(to, EntryValue, value);
    });

    public static void Put(CodedOutputStream to, int field, string text) => Put(to, field, ByteString.CopyFromUtf8(text));

    public static void Put(CodedOutputStream to, int field, ByteString bytes)
    {
        to.WriteTag(field, WireFormat.WireType.LengthDelimited);
        to.WriteBytes(bytes);
    }

    public static void Put(CodedOutputStream to, int field, long number)
    {
        to.WriteTag(field, WireFormat.WireType.Varint);
        to.WriteInt64(number);
    }
}
