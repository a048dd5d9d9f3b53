using Google.Protobuf;
using Recsys.Batch.Pipeline.Embed.Onnx;

namespace Recsys.Batch.Pipeline.Embed.Transformer;

/// <summary>
/// A copy of a graph, in a temporary folder, in which weights kept as half floats are float32. ML.NET looks at the type of every weight and refuses halves; a
/// graph that keeps its weights as halves and casts them when it runs, as the shipped encoder does, computes the same bits from the copy, since widening is
/// exact and a cast of float32 to float32 does nothing.
/// </summary>
internal sealed class Float32Graph : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recsys-graph-");

    private Float32Graph()
    {
    }

    public string File => Path.Combine(_folder.FullName, "model.onnx");

    /// <exception cref="InvalidProtocolBufferException">The file is not a protocol buffer.</exception>
    public static Float32Graph Of(string graph)
    {
        var bytes = ByteString.CopyFrom(System.IO.File.ReadAllBytes(graph));
        var model = ProtoFields.Change(
            bytes, OnnxMessage.ModelGraph, g => ProtoFields.Change(g, OnnxMessage.GraphInitializer, tensor => OnnxTensor.Of(tensor).Widen()));
        var widened = new Float32Graph();
        System.IO.File.WriteAllBytes(widened.File, model.Span);
        return widened;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
