namespace Recsys.Batch.Pipeline.Embed.Quantize;

/// <summary>The products of one activation, and how they are quantized.</summary>
/// <param name="Quantization">Its weights are those of the different matrices of <paramref name="Products"/>, in order.</param>
internal sealed record QuantizedProducts(string Activation, IReadOnlyList<WeightProduct> Products, ProductQuantization Quantization)
{
    /// <summary>The different matrices that one activation is multiplied by.</summary>
    public static IReadOnlyList<ConstantMatrix> Matrices(IEnumerable<WeightProduct> products) => [.. Different(products).Select(p => p.Matrix)];

    public ColumnQuantization Of(WeightProduct product) =>
        Quantization.Weights[Different(Products).ToList().FindIndex(p => p.Weights == product.Weights)];

    private static IEnumerable<WeightProduct> Different(IEnumerable<WeightProduct> products) => products.DistinctBy(p => p.Weights, StringComparer.Ordinal);
}
