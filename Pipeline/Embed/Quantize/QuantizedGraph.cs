using Google.Protobuf;
using Microsoft.ML.OnnxRuntime.Tensors;
using Recsys.Batch.Pipeline.Embed.Onnx;

namespace Recsys.Batch.Pipeline.Embed.Quantize;

/// <summary>
/// A graph whose products are in int8, written as QuantizeLinear and DequantizeLinear around each MatMul: operators of ONNX itself, which ONNX Runtime fuses to
/// one product of integers. Scales are constants, so the rows of a batch do not move each other.
/// </summary>
internal sealed class QuantizedGraph
{
    /// <summary>What names of values that are added start with.</summary>
    private const string Prefix = "recsys_int8_";

    private static readonly string[] s_foldable = ["Cast", "Constant", "Identity", "Transpose"];

    private readonly GraphFile _graph;
    private readonly List<OnnxNode> _nodes = [];
    private readonly List<OnnxTensor> _kept;
    private readonly List<ByteString> _tensors = [];
    private readonly Dictionary<string, string> _made = new(StringComparer.Ordinal);

    private QuantizedGraph(GraphFile graph, IEnumerable<QuantizedProducts> quantized)
    {
        (_graph, _kept) = (graph, [.. graph.Initializers.Values]);
        var products = quantized.SelectMany(q => q.Products.Select(p => (Product: p, Group: q))).ToDictionary(p => p.Product.Output, StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            if (node.Outputs.Count == 0 || !products.TryGetValue(node.Outputs[0], out var found)) _nodes.Add(node);
            else Add("MatMul", [Activation(found.Group), Weights(found.Group, found.Product)], found.Product.Output);
        }
        Prune();
    }

    /// <param name="quantized">The products that are quantized; all others stay as they are.</param>
    /// <param name="shared">
    /// Name of the graph's file where large constants that stay as they are may be left in it, since the new file lies beside it; null puts all into one file.
    /// </param>
    public static byte[] Of(GraphFile graph, IEnumerable<QuantizedProducts> quantized, string? shared = null)
    {
        var made = new QuantizedGraph(graph, quantized);
        return graph.With(_ => made.Write(shared), Int8File.Metadata(graph.Model, shared));
    }

    /// <returns>The activation's name, back from its grid.</returns>
    private string Activation(QuantizedProducts group)
    {
        string value = group.Activation;
        if (_made.TryGetValue(value, out string? known)) return known;
        string name = $"{Prefix}{_made.Count}", scale = name + "_scale", zero = name + "_zero";
        var (grid, divisors) = (group.Quantization.Grid, group.Quantization.Divisors);
        _made[value] = name + "_float";
        if (divisors is not null)
        {
            Put<float>(name + "_factors", TensorElementType.Float, [divisors.Length], Array.ConvertAll(divisors, d => 1 / d));
            Add("Mul", [value, name + "_factors"], value = name + "_even");
        }
        Put<float>(scale, TensorElementType.Float, [], [grid.Scale]);
        Put<byte>(zero, TensorElementType.UInt8, [], [grid.Zero]);
        Add("QuantizeLinear", [value, scale, zero], name);
        Add("DequantizeLinear", [name, scale, zero], name + "_float");
        return name + "_float";
    }

    private string Weights(QuantizedProducts group, WeightProduct product)
    {
        // One matrix may be multiplied by two activations, which divide its rows differently.
        string key = $"{product.Weights}\n{product.Activation}";
        if (_made.TryGetValue(key, out string? known)) return known;
        string name = $"{Prefix}{_made.Count}", scale = name + "_scale", zero = name + "_zero";
        var columns = group.Of(product);
        int count = columns.Scales.Length;
        Put<sbyte>(name, TensorElementType.Int8, [columns.Values.Length / count, count], columns.Values);
        Put<float>(scale, TensorElementType.Float, [count], columns.Scales);
        Put<sbyte>(zero, TensorElementType.Int8, [count], new sbyte[count]);
        Add("DequantizeLinear", [name, scale, zero], name + "_float", ("axis", 1));
        return _made[key] = name + "_float";
    }

    private void Add(string type, string[] inputs, string output, params (string Name, int Value)[] attributes) =>
        _nodes.Add(OnnxNode.Of(OnnxMessage.Node(type, inputs, output, attributes)));

    private void Put<T>(string name, TensorElementType type, ReadOnlySpan<int> shape, ReadOnlySpan<T> values)
        where T : unmanaged => _tensors.Add(OnnxMessage.Tensor(name, type, shape, values));

    /// <summary>Takes out what made the weights of the products and is read by nothing else.</summary>
    private void Prune()
    {
        var read = new HashSet<string>(_graph.Outputs, StringComparer.Ordinal);
        bool hidden = _nodes.Exists(n => n.HasGraphs());
        for (int at = _nodes.Count - 1; at >= 0; at--)
        {
            var node = _nodes[at];
            if (!hidden && s_foldable.Contains(node.Type) && !node.Outputs.Any(read.Contains)) _nodes.RemoveAt(at);
            else read.UnionWith(node.Inputs);
        }
        if (!hidden) _kept.RemoveAll(t => !read.Contains(t.Name));
    }

    private ByteString Write(string? shared) => ProtoFields.Message(to =>
    {
        var kept = _kept.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var node in _nodes) OnnxMessage.Put(to, OnnxMessage.GraphNode, node.Message);
        ProtoFields.Each(_graph.Graph, (field, type, input) =>
        {
            if (field is OnnxMessage.GraphNode or OnnxMessage.GraphInitializer) input.SkipLastField();
            else if (field == OnnxMessage.GraphInput) Input(input.ReadBytes());
            else ProtoFields.Pass(field, type, input, to);
        });
        foreach (var tensor in _kept)
        {
            var place = shared is null ? null : _graph.PlaceOf(tensor);
            OnnxMessage.Put(to, OnnxMessage.GraphInitializer, place is null ? tensor.Widen() : tensor.At(shared!, place.Value));
        }
        foreach (var tensor in _tensors) OnnxMessage.Put(to, OnnxMessage.GraphInitializer, tensor);

        // Some exporters list constants among the inputs; one that went would then have to be given.
        void Input(ByteString value)
        {
            string name = ProtoFields.Bytes(value, OnnxMessage.ValueName)?.ToStringUtf8() ?? "";
            if (!_graph.Initializers.ContainsKey(name) || kept.Contains(name)) OnnxMessage.Put(to, OnnxMessage.GraphInput, value);
        }
    });
}
