using Recsys.Batch.Pipeline.Embed.Onnx;

namespace Recsys.Batch.Pipeline.Embed.Quantize;

/// <summary>A MatMul of a graph by a constant matrix.</summary>
/// <param name="Weights">Name of the matrix; several products may have one.</param>
internal sealed record WeightProduct(OnnxNode Node, string Weights, ConstantMatrix Matrix)
{
    /// <summary>QuantizeLinear and DequantizeLinear by column.</summary>
    private const int LeastOperators = 13;

    private static readonly string[] s_quantized =
    [
        "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "MatMulInteger", "QLinearMatMul", "DynamicQuantizeMatMul", "MatMulIntegerToFloat",
        "QAttention", "QGemm", "MatMulNBits",
    ];

    public string Activation => Node.Inputs[0];

    public string Output => Node.Outputs[0];

    /// <exception cref="TextModelException">There is none, or the graph is quantized already.</exception>
    public static IReadOnlyList<WeightProduct> Of(GraphFile graph)
    {
        if (graph.Nodes.FirstOrDefault(n => s_quantized.Contains(n.Type)) is { } node)
        {
            throw new TextModelException(
                graph.Path, $"it is quantized already: it has a node {node.Type} that makes '{node.Outputs[0]}'", "the float32 or float16 graph of the model");
        }
        if (graph.Operators() < LeastOperators)
        {
            throw new TextModelException(
                graph.Path, $"it is written for version {graph.Operators()} of ONNX's operators", $"{LeastOperators} or later: export the model again");
        }
        var matrices = new Dictionary<string, ConstantMatrix?>(StringComparer.Ordinal);
        var found = new List<WeightProduct>();
        foreach (var product in graph.Nodes.Where(n => n.Is("MatMul")))
        {
            string weights = product.Inputs[1];
            if (!matrices.TryGetValue(weights, out var matrix)) matrices[weights] = matrix = ConstantMatrix.Of(graph, weights);
            if (matrix is not null) found.Add(new WeightProduct(product, weights, matrix));
        }
        if (found.Count > 0) return found;
        bool external = graph.Initializers.Values.Any(t => t.IsExternal);
        throw new TextModelException(
            graph.Path,
            external ? "its weights lie in another file" : $"none of its {graph.Nodes.Count} nodes is a MatMul by a constant matrix of float32 or float16",
            external ? "a graph with its weights inside: export it as one file" : "a transformer's graph, whose layers are such products");
    }
}
