using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime.Tensors;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Embed.Tuning;

/// <summary>
/// An encoder's graph with a <see cref="TextAdapter"/> behind its output, which keeps its name: <c>MatMul(out, B)</c>, <c>MatMul(.., A^T)</c>,
/// <c>Add(out, ..)</c>, operators that every runtime has. Since the map is linear it stands before a mean over tokens as well as behind it; where the graph
/// itself pools, vectors are scaled to unit length too. Field numbers are those of onnx.proto3.
/// </summary>
internal static class TunedGraph
{
    private const int ModelGraph = 7;
    private const int GraphNode = 1, GraphInitializer = 5;
    private const int NodeInput = 1, NodeOutput = 2, NodeName = 3, NodeType = 4, NodeAttribute = 5;
    private const int TensorDims = 1, TensorType = 2, TensorName = 8, TensorRawData = 9;
    private const int AttributeName = 1, AttributeInt = 3, AttributeType = 20, IntAttribute = 2;
    private const string Prefix = "recsys_tuning_";

    /// <param name="graph">The graph's file.</param>
    /// <param name="output">The output that the map is for.</param>
    /// <param name="halfPrecision">Whether it is of half floats.</param>
    /// <param name="normalized">Whether vectors are scaled to unit length behind the map.</param>
    /// <exception cref="InvalidProtocolBufferException">The file is not a protocol buffer.</exception>
    public static byte[] Of(string graph, string output, bool halfPrecision, bool normalized, TextAdapter adapter)
    {
        var model = ByteString.CopyFrom(File.ReadAllBytes(graph));
        return ProtoFields.Change(model, ModelGraph, g => With(g, output, halfPrecision, normalized, adapter)).ToByteArray();
    }

    private static ByteString With(ByteString graph, string output, bool halfPrecision, bool normalized, TextAdapter adapter)
    {
        string untuned = Prefix + "before";
        // Whatever reads or makes the output goes on with what it was; only the graph's own output gets the new one.
        var renamed = ProtoFields.Change(graph, GraphNode, node => Renamed(Renamed(node, NodeInput, output, untuned), NodeOutput, output, untuned));
        string last = normalized ? Prefix + "after" : output;
        return ProtoFields.Message(to =>
        {
            ProtoFields.Each(renamed, (field, type, input) => ProtoFields.Pass(field, type, input, to));
            Put(to, GraphInitializer, Tensor(Prefix + "in", adapter.In, transposed: false, halfPrecision));
            Put(to, GraphInitializer, Tensor(Prefix + "out", adapter.Out, transposed: true, halfPrecision));
            Put(to, GraphNode, Node("MatMul", [untuned, Prefix + "in"], Prefix + "inner"));
            Put(to, GraphNode, Node("MatMul", [Prefix + "inner", Prefix + "out"], Prefix + "moved"));
            Put(to, GraphNode, Node("Add", [untuned, Prefix + "moved"], last));
            if (normalized) Put(to, GraphNode, Node("LpNormalization", [last], output, ("axis", -1), ("p", 2)));
        });
    }

    private static ByteString Renamed(ByteString node, int field, string from, string to) =>
        ProtoFields.Change(node, field, name => name.ToStringUtf8() == from ? ByteString.CopyFromUtf8(to) : name);

    private static ByteString Node(string type, string[] inputs, string output, params (string Name, int Value)[] attributes) => ProtoFields.Message(to =>
    {
        foreach (string input in inputs) Put(to, NodeInput, ByteString.CopyFromUtf8(input));
        Put(to, NodeOutput, ByteString.CopyFromUtf8(output));
        Put(to, NodeName, ByteString.CopyFromUtf8(output + "_node"));
        Put(to, NodeType, ByteString.CopyFromUtf8(type));
        foreach (var (name, value) in attributes)
        {
            Put(to, NodeAttribute, ProtoFields.Message(attribute =>
            {
                Put(attribute, AttributeName, ByteString.CopyFromUtf8(name));
                Put(attribute, AttributeInt, value);
                Put(attribute, AttributeType, IntAttribute);
            }));
        }
    });

    private static ByteString Tensor(string name, FactorMatrix matrix, bool transposed, bool halfPrecision)
    {
        int rows = transposed ? matrix.Rank : matrix.Rows, columns = transposed ? matrix.Rows : matrix.Rank;
        var values = new float[rows * columns];
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++)
                values[row * columns + column] = transposed ? matrix.Row(column)[row] : matrix.Row(row)[column];
        var halves = new Half[halfPrecision ? values.Length : 0];
        if (halfPrecision) TensorPrimitives.ConvertToHalf(values, halves);
        return ProtoFields.Message(to =>
        {
            Put(to, TensorDims, rows);
            Put(to, TensorDims, columns);
            Put(to, TensorType, (int)(halfPrecision ? TensorElementType.Float16 : TensorElementType.Float));
            Put(to, TensorName, ByteString.CopyFromUtf8(name));
            Put(to, TensorRawData, ByteString.CopyFrom(halfPrecision ? MemoryMarshal.AsBytes(halves.AsSpan()) : MemoryMarshal.AsBytes(values.AsSpan())));
        });
    }

    private static void Put(CodedOutputStream to, int field, ByteString bytes)
    {
        to.WriteTag(field, WireFormat.WireType.LengthDelimited);
        to.WriteBytes(bytes);
    }

    private static void Put(CodedOutputStream to, int field, long number)
    {
        to.WriteTag(field, WireFormat.WireType.Varint);
        to.WriteInt64(number);
    }
}
