using System.Numerics.Tensors;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime.Tensors;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Numerics;
using static Recsys.Batch.Pipeline.Embed.Onnx.OnnxMessage;

namespace Recsys.Batch.Pipeline.Embed.Tuning;

/// <summary>
/// An encoder's graph with a <see cref="TextAdapter"/> behind its output, which keeps its name: <c>MatMul(out, B)</c>, <c>MatMul(.., A^T)</c>,
/// <c>Add(out, ..)</c>, operators that every runtime has. Since the map is linear it stands before a mean over tokens as well as behind it; where the graph
/// itself pools, vectors are scaled to unit length too.
/// </summary>
internal static class TunedGraph
{
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

    private static ByteString Tensor(string name, FactorMatrix matrix, bool transposed, bool halfPrecision)
    {
        int rows = transposed ? matrix.Rank : matrix.Rows, columns = transposed ? matrix.Rows : matrix.Rank;
        var values = new float[rows * columns];
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++)
                values[row * columns + column] = transposed ? matrix.Row(column)[row] : matrix.Row(row)[column];
        var halves = new Half[halfPrecision ? values.Length : 0];
        if (halfPrecision) TensorPrimitives.ConvertToHalf(values, halves);
        return halfPrecision
            ? Tensor<Half>(name, TensorElementType.Float16, [rows, columns], halves)
            : Tensor<float>(name, TensorElementType.Float, [rows, columns], values);
    }
}
