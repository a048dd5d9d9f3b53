using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Recsys.Batch.Pipeline.Embed.Onnx;

/// <summary>What a graph takes and what of its outputs is used.</summary>
/// <param name="Inputs">In the graph's order.</param>
/// <param name="Pooling">What is left to do with the output.</param>
/// <param name="Dimension">Floats a vector; 0 where the graph leaves it open.</param>
internal sealed record GraphSignature(IReadOnlyList<GraphInput> Inputs, string Output, bool HalfPrecision, Pooling Pooling, int Dimension)
{
    private const string Ids = "input_ids", Mask = "attention_mask", Types = "token_type_ids";

    /// <summary>The name under which sentence-transformers exports a graph that pools.</summary>
    private const string PooledOutput = "sentence_embedding";

    /// <exception cref="TextModelException">The graph is no text encoder as this program runs them.</exception>
    public static GraphSignature Of(InferenceSession session, string file, ModelSettings settings)
    {
        string names = string.Join(", ", session.InputMetadata.Keys);
        if (!session.InputMetadata.ContainsKey(Ids))
            throw new TextModelException(file, $"its inputs are {names}", $"{Ids}, {Mask} and, where the model has them, {Types}");
        var inputs = session.InputMetadata.Select(i => Input(file, i.Key, i.Value)).ToArray();
        var (output, pooling) = Choose(file, session.OutputMetadata, settings);
        var metadata = session.OutputMetadata[output];
        bool half = metadata.ElementDataType == TensorElementType.Float16;
        if (!half && metadata.ElementDataType != TensorElementType.Float)
            throw new TextModelException(file, $"its output '{output}' is {metadata.ElementDataType}", "float32 or float16");
        return new GraphSignature(inputs, output, half, pooling, Math.Max(0, metadata.Dimensions[^1]));
    }

    private static GraphInput Input(string file, string name, NodeMetadata metadata)
    {
        if (name is not (Ids or Mask or Types)) throw new TextModelException(file, $"it takes an input '{name}'", $"{Ids}, {Mask} and {Types} alone");
        if (metadata.Dimensions.Length != 2)
            throw new TextModelException(file, $"its input '{name}' has {metadata.Dimensions.Length} dimensions", "2: texts and tokens");
        if (metadata.Dimensions.Any(d => d > 0))
        {
            throw new TextModelException(
                file, $"its input '{name}' has the fixed shape {Shape(metadata.Dimensions)}", "both dimensions open: export with dynamic axes");
        }
        return metadata.ElementDataType switch
        {
            TensorElementType.Int64 => new GraphInput(name, IsWide: true, name == Ids, name == Mask),
            TensorElementType.Int32 => new GraphInput(name, IsWide: false, name == Ids, name == Mask),
            var type => throw new TextModelException(file, $"its input '{name}' is {type}", "int64 or int32"),
        };
    }

    private static (string Output, Pooling Pooling) Choose(string file, IReadOnlyDictionary<string, NodeMetadata> outputs, ModelSettings settings)
    {
        string all = string.Join(", ", outputs.Select(o => $"{o.Key} {Shape(o.Value.Dimensions)}"));
        if (settings.Output is { } named)
        {
            if (!outputs.TryGetValue(named, out var metadata))
                throw new TextModelException(file, $"it has no output '{named}', which config.json asks for; it gives {all}", "one of those");
            return Fitting(named, metadata, settings.Pooling ?? (metadata.Dimensions.Length == 2 ? Pooling.None : Pooling.Mean));
        }
        // What a pooler with a layer of its own gives (BERT's pooler_output) is not a sentence embedding, so tokens go before other pooled outputs.
        if (settings.Pooling is null or Pooling.None && outputs.TryGetValue(PooledOutput, out var pooled)) return Fitting(PooledOutput, pooled, Pooling.None);
        if (settings.Pooling is not Pooling.None && outputs.FirstOrDefault(o => o.Value.Dimensions.Length == 3) is { Key: { } tokens })
            return (tokens, settings.Pooling ?? Pooling.Mean);
        if (settings.Pooling is null or Pooling.None && outputs.FirstOrDefault(o => o.Value.Dimensions.Length == 2) is { Key: { } any })
            return (any, Pooling.None);
        throw new TextModelException(
            file, $"it gives {all}",
            settings.Pooling is null or Pooling.None
                ? "an output of texts x floats"
                : $"an output of texts x tokens x floats, since the settings pool by {settings.Pooling.ToString()!.ToLowerInvariant()}");

        (string, Pooling) Fitting(string name, NodeMetadata metadata, Pooling pooling)
        {
            int wanted = pooling == Pooling.None ? 2 : 3;
            return metadata.Dimensions.Length == wanted
                ? (name, pooling)
                : throw new TextModelException(
                    file,
                    $"its output '{name}' has the shape {Shape(metadata.Dimensions)}",
                    wanted == 2 ? "two dimensions: texts and floats" : "three dimensions: texts, tokens and floats");
        }
    }

    private static string Shape(int[] dimensions) =>
        $"[{string.Join(", ", dimensions.Select(d => d < 0 ? "?" : d.ToString(System.Globalization.CultureInfo.InvariantCulture)))}]";
}

/// <param name="IsWide">int64, else int32.</param>
internal sealed record GraphInput(string Name, bool IsWide, bool IsIds, bool IsMask);
