using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Transforms.Onnx;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Embed.Transformer;

/// <summary>
/// A graph behind ML.NET's <c>ApplyOnnxModel</c>. ML.NET takes an open first dimension for 1, so every text is a row of its own and a batch is a view of many:
/// bits never depend on what runs beside a text, and speed is that of texts one by one.
/// </summary>
internal sealed class OnnxTransformerGraph : ITextGraph
{
    private readonly string _file;
    private readonly MLContext _ml = new();
    private readonly OnnxTransformer _transformer;
    private readonly SchemaDefinition _columns;
    private readonly Float32Graph? _widened;

    /// <param name="settings">
    /// Makes the options of a session, with the GPU among them where there is one: ML.NET's own way to ask for CUDA throws where the library has none.
    /// </param>
    public OnnxTransformerGraph(ModelFolder model, Func<SessionOptions> settings)
    {
        _file = model.Graph;
        using (var options = settings())
        using (var session = new GraphSession(model, options))
            Signature = session.Signature;
        if (Signature.HalfPrecision)
        {
            throw new TextModelException(
                _file, $"its output '{Signature.Output}' is float16", "float32, as ML.NET knows no half floats; or Embed:Engine=OnnxRuntime");
        }
        _columns = TokenRow.Columns(Signature);
        _ml.SetOnnxSessionOption(new OnnxSessionOptions { CreateSessionOptions = () => settings() });
        try
        {
            _transformer = Fit(_file);
        }
        catch (InvalidOperationException)
        {
            _widened = Float32Graph.Of(_file);
            _transformer = FitWidened(_widened);
        }
    }

    public GraphSignature Signature { get; }

    public FactorMatrix Run(ReadOnlySpan<int> ids, int rows, int length)
    {
        try
        {
            var scored = _transformer.Transform(_ml.Data.LoadFromEnumerable(TokenRow.Of(ids.ToArray(), length), _columns));
            // The graph's output comes last; its column is not always named as the output is.
            var column = scored.Schema[^1];
            using var cursor = scored.GetRowCursor([column]);
            var vector = cursor.GetGetter<VBuffer<float>>(column);
            VBuffer<float> values = default;
            FactorMatrix? pooled = null;
            for (int row = 0; cursor.MoveNext(); row++)
            {
                vector(ref values);
                var floats = values.GetValues();
                pooled ??= new FactorMatrix(rows, Dimension(floats.Length, length));
                if (floats.Length != (Signature.Pooling == Pooling.None ? 1 : length) * pooled.Rank) throw Misshapen(floats.Length, length);
                TokenPooling.Pool(Signature.Pooling, floats, pooled.Row(row));
            }
            return pooled ?? throw new ArgumentOutOfRangeException(nameof(rows), rows, "at least one text");
        }
        catch (Exception e) when (e is OnnxRuntimeException or InvalidOperationException)
        {
            throw new RunFailedException($"{_file}: a batch of {rows} texts of {length} tokens failed: {GraphSession.Line(e)}", e);
        }
    }

    public void Dispose()
    {
        _transformer.Dispose();
        _widened?.Dispose();
    }

    private OnnxTransformer FitWidened(Float32Graph widened)
    {
        try
        {
            return Fit(widened.File);
        }
        catch (InvalidOperationException e)
        {
            widened.Dispose();
            throw new TextModelException(
                _file, $"ML.NET does not load it ({GraphSession.Line(e)})", "a graph that ApplyOnnxModel takes, or Embed:Engine=OnnxRuntime", e);
        }
    }

    private OnnxTransformer Fit(string file) => _ml.Transforms
        .ApplyOnnxModel(new OnnxOptions { ModelFile = file, InputColumns = [.. Signature.Inputs.Select(i => i.Name)], OutputColumns = [Signature.Output] })
        .Fit(_ml.Data.LoadFromEnumerable<TokenRow>([], _columns));

    private int Dimension(int floats, int length)
    {
        if (Signature.Pooling == Pooling.None) return floats;
        return floats > 0 && floats % length == 0 ? floats / length : throw Misshapen(floats, length);
    }

    private TextModelException Misshapen(int floats, int length) =>
        new(
            _file,
            $"its output '{Signature.Output}' came with {floats} floats for a text of {length} tokens",
            "as many for each token, and the same for each text");
}
