using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime.Tensors;
using Recsys.Batch.Pipeline.Embed.Onnx;

namespace Recsys.Batch.Pipeline.Embed.Quantize;

/// <summary>A matrix of weights, whichever way the exporter stored it.</summary>
/// <param name="Values">rows x columns, row-major.</param>
internal sealed record ConstantMatrix(float[] Values, int Rows, int Columns)
{
    /// <summary>
    /// Null where <paramref name="value"/> is not a constant matrix of float32: an initializer or a Constant node, also behind Identity, Transpose and a Cast
    /// from float16.
    /// </summary>
    public static ConstantMatrix? Of(GraphFile graph, string value) => Of(graph, value, widened: false);

    /// <summary>Each row times a number of its own.</summary>
    public ConstantMatrix Times(ReadOnlySpan<float> factors)
    {
        var values = new float[Values.Length];
        for (int row = 0; row < Rows; row++)
            TensorPrimitives.Multiply(Values.AsSpan(row * Columns, Columns), factors[row], values.AsSpan(row * Columns, Columns));
        return new ConstantMatrix(values, Rows, Columns);
    }

    /// <param name="widened">Whether halves become float32 behind it: else their products are of halves, which QuantizeLinear does not take.</param>
    private static ConstantMatrix? Of(GraphFile graph, string value, bool widened)
    {
        if (graph.Initializers.TryGetValue(value, out var stored)) return Of(stored, widened);
        if (graph.MakerOf(value) is not { } node) return null;
        if (node.Is("Constant")) return node.Tensor("value") is { } tensor ? Of(OnnxTensor.Of(tensor), widened) : null;
        if (node.Is("Identity")) return Of(graph, node.Inputs[0], widened);
        if (node.Is("Cast") && node.Number("to") == (int)TensorElementType.Float) return Of(graph, node.Inputs[0], widened: true);
        return node.Is("Transpose") && node.Numbers("perm") is null or [1, 0] ? Of(graph, node.Inputs[0], widened)?.Transposed() : null;
    }

    private static ConstantMatrix? Of(OnnxTensor tensor, bool widened)
    {
        if (tensor.Type == TensorElementType.Float16 && !widened) return null;
        if (tensor.Shape is not [var rows and > 0, var columns and > 0] || tensor.Floats() is not { } values || values.Length != rows * columns) return null;
        return new ConstantMatrix(values, (int)rows, (int)columns);
    }

    private ConstantMatrix Transposed()
    {
        var turned = new float[Values.Length];
        for (int row = 0; row < Rows; row++)
            for (int column = 0; column < Columns; column++) turned[column * Rows + row] = Values[row * Columns + column];
        return new ConstantMatrix(turned, Columns, Rows);
    }
}
