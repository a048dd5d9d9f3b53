using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Embed.Onnx;

/// <summary>
/// A graph that is loaded, run for batches in which all texts have the same number of tokens. Runs may overlap; each stays on the thread that called it, so the
/// thread count moves no bit.
/// </summary>
internal sealed class GraphSession : ITextGraph
{
    private readonly string _file;
    private readonly InferenceSession _session;
    private readonly string[] _inputs;
    private readonly string[] _outputs;

    public GraphSession(ModelFolder model, SessionOptions options)
    {
        _file = model.Graph;
        try
        {
            _session = new InferenceSession(model.Graph, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new TextModelException(_file, $"ONNX Runtime does not load it ({Line(e)})", "an ONNX graph of a text encoder", e);
        }
        try
        {
            Signature = GraphSignature.Of(_session, _file, model.Settings);
        }
        catch
        {
            _session.Dispose();
            throw;
        }
        _inputs = [.. Signature.Inputs.Select(i => i.Name)];
        _outputs = [Signature.Output];
    }

    private GraphSession(GraphSession like, byte[] graph, IReadOnlyList<string> outputs, SessionOptions options)
    {
        (_file, _inputs, _outputs, Signature) = (like._file, like._inputs, [.. outputs], like.Signature);
        try
        {
            _session = new InferenceSession(graph, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new TextModelException(_file, $"ONNX Runtime does not load what is made of it ({Line(e)})", "a graph of one file, in float32", e);
        }
    }

    public GraphSignature Signature { get; }

    /// <summary>A session of a graph with the same inputs that gives other values, which are read with <see cref="Read"/>.</summary>
    public GraphSession With(byte[] graph, IReadOnlyList<string> outputs, SessionOptions options) => new(this, graph, outputs, options);

    public static SessionOptions OneThreadEach()
    {
        // Whatever of the runtime is touched first makes its environment, and ours has options.
        _ = OrtRuntime.Env;
        return new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            // Patterns are kept for each shape, and there are as many shapes as lengths.
            EnableMemoryPattern = false,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
    }

    public FactorMatrix Run(ReadOnlySpan<int> ids, int rows, int length)
    {
        using var results = Results(ids, rows, length);
        return Pooled(results[0], rows, length);
    }

    /// <summary>Hands the floats of every output, by its place among them, to <paramref name="take"/>.</summary>
    /// <exception cref="RunFailedException">The graph failed.</exception>
    public void Read(ReadOnlySpan<int> ids, int rows, int length, Action<int, ReadOnlySpan<float>> take)
    {
        using var results = Results(ids, rows, length);
        for (int output = 0; output < _outputs.Length; output++) take(output, results[output].GetTensorDataAsSpan<float>());
    }

    public void Dispose() => _session.Dispose();

    internal static string Line(Exception e) => e.Message.ReplaceLineEndings(" ").Trim();

    private IDisposableReadOnlyCollection<OrtValue> Results(ReadOnlySpan<int> ids, int rows, int length)
    {
        var values = new OrtValue[_inputs.Length];
        try
        {
            for (int i = 0; i < values.Length; i++) values[i] = Tensor(Signature.Inputs[i], ids, [rows, length]);
            using var options = new RunOptions();
            return _session.Run(options, _inputs, values, _outputs);
        }
        catch (OnnxRuntimeException e)
        {
            throw new RunFailedException($"{_file}: a batch of {rows} texts of {length} tokens failed: {Line(e)}", e);
        }
        finally
        {
            foreach (var value in values) value?.Dispose();
        }
    }

    private static OrtValue Tensor(GraphInput input, ReadOnlySpan<int> ids, long[] shape)
    {
        if (input.IsWide)
        {
            var wide = new long[ids.Length];
            if (input.IsMask) wide.AsSpan().Fill(1);
            else if (input.IsIds) for (int i = 0; i < ids.Length; i++) wide[i] = ids[i];
            return OrtValue.CreateTensorValueFromMemory(wide, shape);
        }
        var narrow = new int[ids.Length];
        if (input.IsMask) narrow.AsSpan().Fill(1);
        else if (input.IsIds) ids.CopyTo(narrow);
        return OrtValue.CreateTensorValueFromMemory(narrow, shape);
    }

    private FactorMatrix Pooled(OrtValue result, int rows, int length)
    {
        var shape = result.GetTensorTypeAndShape().Shape;
        long[] wanted = Signature.Pooling == Pooling.None ? [rows, shape[^1]] : [rows, length, shape[^1]];
        if (!shape.AsSpan().SequenceEqual(wanted) || shape[^1] < 1)
        {
            throw new TextModelException(
                _file,
                $"its output '{Signature.Output}' came as [{string.Join(", ", shape)}]",
                $"[{string.Join(", ", wanted)}] for {rows} texts of {length} tokens");
        }
        int dimension = (int)shape[^1], perRow = (Signature.Pooling == Pooling.None ? 1 : length) * dimension;
        var floats = Signature.HalfPrecision ? Widen(result) : result.GetTensorDataAsSpan<float>();
        var pooled = new FactorMatrix(rows, dimension);
        for (int row = 0; row < rows; row++) TokenPooling.Pool(Signature.Pooling, floats.Slice(row * perRow, perRow), pooled.Row(row));
        return pooled;
    }

    private static float[] Widen(OrtValue halves)
    {
        var from = MemoryMarshal.Cast<byte, Half>(halves.GetTensorMutableRawData());
        var to = new float[from.Length];
        System.Numerics.Tensors.TensorPrimitives.ConvertToSingle(from, to);
        return to;
    }
}
