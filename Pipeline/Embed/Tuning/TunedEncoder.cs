using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed.Tuning;

/// <summary>
/// Writes a tuned encoder as a model folder of its own: the encoder's files with the map inside the graph, so that <c>Embed:Model=FOLDER</c>, and any other
/// program that runs ONNX graphs, gives the tuned vectors.
/// </summary>
internal static class TunedEncoder
{
    /// <summary>Texts that are encoded by the written graph to see whether it gives what the map gives.</summary>
    private const int Tried = 64;

    private const float LeastCosine = 0.999f;

    /// <param name="options">They name the encoder.</param>
    /// <param name="folder">Is made; must not be there.</param>
    /// <param name="texts">Some of the shop's.</param>
    /// <exception cref="TextModelException">The graph is one in which the map cannot stand.</exception>
    /// <exception cref="RunFailedException">The graph that was written does not give the tuned vectors.</exception>
    public static void Write(EmbedOptions options, TextAdapter adapter, string folder, IReadOnlyList<string> texts, StageContext context)
    {
        var model = ModelFolder.Open(TextEncoders.FolderOf(options)!);
        GraphSignature signature;
        using (var settings = GraphSession.OneThreadEach())
        using (var session = new GraphSession(model, settings)) signature = session.Signature;
        if (signature.Pooling == Pooling.Max)
        {
            throw new TextModelException(
                model.Graph, "its tokens are pooled by max, before which the map cannot stand in the graph", "mean, cls or a graph that pools");
        }
        foreach (string name in model.Companions())
        {
            string to = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(Path.Combine(model.Path, name), to);
        }
        bool normalized = signature.Pooling == Pooling.None && !signature.HalfPrecision;
        string graph = Path.Combine(folder, Path.GetRelativePath(model.Path, model.Graph));
        Directory.CreateDirectory(Path.GetDirectoryName(graph)!);
        File.WriteAllBytes(graph, TunedGraph.Of(model.Graph, signature.Output, signature.HalfPrecision, normalized, adapter));
        Try(options, adapter, folder, [.. texts.Take(Tried)], context);
    }

    private static void Try(EmbedOptions options, TextAdapter adapter, string folder, IReadOnlyList<string> texts, StageContext context)
    {
        var expected = adapter.Apply(EmbeddingTable.OfUnitRows(Encoded(TextEncoders.FolderOf(options)!)), 1).Vectors;
        var found = Encoded(folder);
        for (int text = 0; text < texts.Count; text++)
        {
            float cosine = VectorMath.Dot(expected.Row(text), found.Row(text));
            // A text that says nothing has no vector in either.
            if (cosine >= LeastCosine || !expected.Row(text).ContainsAnyExcept(0f)) continue;
            string shown = cosine.ToString("F4", CultureInfo.InvariantCulture);
            throw new RunFailedException(
                $"{folder}: the tuned graph gives a text's vector a cosine of {shown} to what the map gives, expected 0.999 or more; the encoder's graph uses "
                + "its output in a way that is not known here");
        }

        FactorMatrix Encoded(string from)
        {
            var cpu = new EmbedOptions { Prompt = options.Prompt, Device = EmbedDevice.Cpu, MaxLength = options.MaxLength, BatchTokens = options.BatchTokens };
            using var encoder = OnnxTextEncoder.Open(from, cpu, context);
            return encoder.Encode(texts, context with { Progress = NoProgress.Instance });
        }
    }
}
