using Google.Protobuf;
using Microsoft.ML.OnnxRuntime.Tensors;
using Recsys.Batch.Pipeline.Embed.Onnx;

namespace Recsys.Batch.Pipeline.Embed.Quantize;

/// <summary>A graph's file, read whole: its nodes and constants by name, and all else as it is.</summary>
internal sealed class GraphFile
{
    /// <summary>Constants of less bytes are not worth a place in another file.</summary>
    private const int LeastShared = 1 << 16;

    private readonly Dictionary<string, OnnxNode> _makers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FilePlace> _places = new(StringComparer.Ordinal);

    private GraphFile(string path, ByteString model)
    {
        (Path, Model) = (path, model);
        var (graph, start) = Placed(model, OnnxMessage.ModelGraph).Append((ByteString.Empty, 0)).First();
        Graph = graph;
        Nodes = [.. ProtoFields.All(graph, OnnxMessage.GraphNode).Select(OnnxNode.Of)];
        foreach (var node in Nodes)
            foreach (string output in node.Outputs) _makers[output] = node;
        foreach (var (message, at) in Placed(graph, OnnxMessage.GraphInitializer))
        {
            var tensor = OnnxTensor.Of(message);
            Initializers[tensor.Name] = tensor;
            foreach (var (raw, offset) in Placed(message, OnnxMessage.TensorRawData)) _places[tensor.Name] = new FilePlace(start + at + offset, raw.Length);
        }
        Outputs = [.. ProtoFields.All(graph, OnnxMessage.GraphOutput).Select(o => ProtoFields.Bytes(o, OnnxMessage.ValueName)?.ToStringUtf8() ?? "")];
    }

    public string Path { get; }

    public ByteString Model { get; }

    public ByteString Graph { get; }

    /// <summary>In an order in which each stands behind those whose values it reads.</summary>
    public IReadOnlyList<OnnxNode> Nodes { get; }

    public Dictionary<string, OnnxTensor> Initializers { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Outputs { get; }

    /// <exception cref="TextModelException">It is not an ONNX graph.</exception>
    public static GraphFile Read(string path)
    {
        try
        {
            return new GraphFile(path, ByteString.CopyFrom(File.ReadAllBytes(path)));
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new TextModelException(path, $"it is not a protocol buffer ({e.Message})", "an ONNX graph of a text encoder", e);
        }
    }

    /// <summary>The node that makes a value; null for constants and inputs.</summary>
    public OnnxNode? MakerOf(string value) => _makers.GetValueOrDefault(value);

    /// <summary>Where the values of a large constant lie in this file, as they are used; null for one that is small, or kept as half floats.</summary>
    public FilePlace? PlaceOf(OnnxTensor tensor) =>
        tensor.Type != TensorElementType.Float16 && _places.TryGetValue(tensor.Name, out var place) && place.Length >= LeastShared ? place : null;

    /// <summary>The version of ONNX's own operators.</summary>
    public long Operators() => ProtoFields.All(Model, OnnxMessage.ModelOperators)
        .Where(o => (ProtoFields.Bytes(o, OnnxMessage.OperatorsDomain)?.ToStringUtf8() ?? "") is "" or "ai.onnx")
        .Select(o => (long)(ProtoFields.Number(o, OnnxMessage.OperatorsVersion) ?? 0))
        .FirstOrDefault();

    /// <summary>The file with another graph inside.</summary>
    public byte[] With(Func<ByteString, ByteString> change, params IEnumerable<ByteString> metadata) => ProtoFields.Message(to =>
    {
        ProtoFields.Each(Model, (field, type, input) =>
        {
            if (field == OnnxMessage.ModelGraph) OnnxMessage.Put(to, field, change(input.ReadBytes()));
            else ProtoFields.Pass(field, type, input, to);
        });
        foreach (var entry in metadata) OnnxMessage.Put(to, OnnxMessage.ModelMetadata, entry);
    }).ToByteArray();

    /// <summary>Messages of a field, and where in <paramref name="message"/> each starts.</summary>
    private static List<(ByteString Message, long At)> Placed(ByteString message, int field)
    {
        var found = new List<(ByteString, long)>();
        ProtoFields.Each(message, (at, type, input) =>
        {
            if (at != field || type != WireFormat.WireType.LengthDelimited) input.SkipLastField();
            else
            {
                var bytes = input.ReadBytes();
                found.Add((bytes, input.Position - bytes.Length));
            }
        });
        return found;
    }
}
