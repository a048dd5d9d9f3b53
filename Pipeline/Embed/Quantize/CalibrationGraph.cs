using Google.Protobuf;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Embed.Quantize;

/// <summary>The float graph of a model, which tells what values its activations take while texts run through it.</summary>
internal sealed class CalibrationGraph : ITextGraph
{
    private readonly GraphSession _plain;
    private readonly GraphSession _open;
    private readonly ActivationSample[] _samples;

    /// <param name="activations">Names of float values of the graph, and how many floats a token has in each.</param>
    public CalibrationGraph(ModelFolder model, GraphFile graph, IReadOnlyList<(string Name, int Width)> activations)
    {
        _samples = [.. activations.Select(a => new ActivationSample(a.Width))];
        string[] names = [.. activations.Select(a => a.Name)];
        using var options = GraphSession.OneThreadEach();
        _plain = new GraphSession(model, options);
        try
        {
            _open = _plain.With(graph.With(g => Opened(g, graph, names)), names, options);
        }
        catch
        {
            _plain.Dispose();
            throw;
        }
    }

    public GraphSignature Signature => _plain.Signature;

    /// <summary>Whether values of the texts that run are kept. They must then run one batch after the other.</summary>
    public bool Keeps { get; set; }

    /// <summary>What was kept of each activation.</summary>
    public IReadOnlyList<ActivationSample> Samples => _samples;

    public FactorMatrix Run(ReadOnlySpan<int> ids, int rows, int length)
    {
        if (Keeps) _open.Read(ids, rows, length, (output, values) => _samples[output].Add(values));
        return _plain.Run(ids, rows, length);
    }

    public void Dispose()
    {
        _open.Dispose();
        _plain.Dispose();
    }

    /// <summary>The graph with the activations among its outputs.</summary>
    private static ByteString Opened(ByteString graph, GraphFile file, IReadOnlyList<string> activations) => ProtoFields.Message(to =>
    {
        ProtoFields.Each(graph, (field, type, input) => ProtoFields.Pass(field, type, input, to));
        foreach (string activation in activations.Where(a => !file.Outputs.Contains(a)))
            OnnxMessage.Put(to, OnnxMessage.GraphOutput, ProtoFields.Message(value => OnnxMessage.Put(value, OnnxMessage.ValueName, activation)));
    });
}
