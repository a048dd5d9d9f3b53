using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Recsys.Batch.Pipeline.Embed.Tokenize;
using Recsys.Batch.Pipeline.Embed.Transformer;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed.Onnx;

/// <summary>
/// A sentence-transformers export on ONNX Runtime. Equal texts give equal bits on one machine and provider, whatever runs beside them and on however many
/// threads: batches hold texts of one length, a run stays on one thread, and at opening it is tried whether rows of a batch move each other (see
/// <see cref="RowRule"/>).
/// </summary>
internal sealed class OnnxTextEncoder : ITextEncoder
{
    /// <summary>Texts that are tokenized before the first of them runs; bounds what lies between.</summary>
    private const int Window = 32_768;

    private const int DefaultMaxLength = 512;

    private readonly ModelFolder _model;
    private readonly ITokenizer _tokenizer;
    private readonly ITextGraph _session;
    private readonly RowRule _rule;
    private readonly int _batchTokens;
    private readonly int _emptyLength;
    private readonly string _prompt;

    private OnnxTextEncoder(ModelFolder model, ITokenizer tokenizer, ITextGraph session, EmbedOptions options, bool cuda)
    {
        (_model, _tokenizer, _session) = (model, tokenizer, session);
        MaxLength = options.MaxLength > 0 ? options.MaxLength : model.Settings.MaxLength ?? DefaultMaxLength;
        Provider = cuda ? string.Create(CultureInfo.InvariantCulture, $"cuda:{options.GpuId}") : "cpu";
        Dimension = Try();
        // A GPU picks its kernels by the shape of a batch, so there the shape must not depend on how many texts came.
        _rule = RowIndependence.Of(session, tokenizer.VocabularySize, MaxLength) is var found && cuda && found != RowRule.Alone ? RowRule.Full : found;
        _batchTokens = cuda ? 16 * options.BatchTokens : options.BatchTokens;
        _prompt = Lowered(model.Settings.Prompts.Of(options.Prompt));
        _emptyLength = tokenizer.Encode(_prompt, new int[MaxLength]);
        if (_emptyLength == MaxLength)
        {
            throw new ConfigurationException(
                $"Embed:Prompt is '{_prompt}', which leaves no room for a text; expected less than {MaxLength} tokens (Embed:MaxLength)");
        }
        ModelHash = model.Hash(MaxLength, options.Engine, _prompt);
    }

    public int Dimension { get; }

    public string ModelHash { get; }

    public string Provider { get; }

    /// <summary>Tokens after which a text is cut off.</summary>
    public int MaxLength { get; }

    /// <summary>Opens the model of a folder and tries it once.</summary>
    /// <exception cref="RecsysException">The folder, its graph, its tokenizer or the device cannot be used.</exception>
    public static OnnxTextEncoder Open(string folder, EmbedOptions options, StageContext context)
    {
        var model = ModelFolder.Open(folder, options.Precision);
        var tokenizer = Tokenizers.Open(folder);
        if (model.IsInt8 && options.Device == EmbedDevice.Cuda)
            throw new ConfigurationException($"Embed:Device is Cuda, and {model.Graph} is an int8 graph; expected Auto or Cpu, or a model in float32");
        bool cuda = options.Device != EmbedDevice.Cpu && !model.IsInt8 && UseCuda(options, context);
        var session = Load(model, ref cuda, options, context);
        try
        {
            return new OnnxTextEncoder(model, tokenizer, session, options, cuda);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The model of a folder with another graph in the place of its own, which is disposed with the encoder.</summary>
    public static OnnxTextEncoder Over(ITextGraph graph, ModelFolder model, EmbedOptions options)
    {
        try
        {
            return new OnnxTextEncoder(model, Tokenizers.Open(model.Path), graph, options, cuda: false);
        }
        catch
        {
            graph.Dispose();
            throw;
        }
    }

    public FactorMatrix Encode(IReadOnlyList<string> texts, StageContext context)
    {
        var vectors = new FactorMatrix(texts.Count, Dimension);
        var progress = new EncodingProgress(texts.Count, context.Progress);
        for (int first = 0; first < texts.Count; first += Window) EncodeWindow(texts, first, Math.Min(Window, texts.Count - first), vectors, progress, context);
        progress.End();
        return vectors;
    }

    public TextCoverage[] Cover(IReadOnlyList<string> texts, StageContext context)
    {
        var covered = new TextCoverage[texts.Count];
        const int Piece = 256;
        context.ForEachPiece((texts.Count + Piece - 1) / Piece, () => new int[MaxLength], (piece, buffer) =>
        {
            for (int i = piece * Piece; i < Math.Min(texts.Count, (piece + 1) * Piece); i++) covered[i] = _tokenizer.Cover(Lowered(texts[i]), buffer);
        });
        return covered;
    }

    public void Dispose() => _session.Dispose();

    private void EncodeWindow(IReadOnlyList<string> texts, int first, int count, FactorMatrix vectors, EncodingProgress progress, StageContext context)
    {
        var tokens = new int[count][];
        const int Piece = 256;
        context.ForEachPiece((count + Piece - 1) / Piece, () => new int[MaxLength], (piece, buffer) =>
        {
            for (int i = piece * Piece; i < Math.Min(count, (piece + 1) * Piece); i++) tokens[i] = Tokens(texts[first + i], buffer);
        });
        var batches = TokenBatches.Of(Array.ConvertAll(tokens, t => t.Length), _batchTokens, _rule);
        progress.Done(tokens.Count(t => t.Length == 0));
        (context with { Threads = Provider == "cpu" ? context.Threads : 1 }).ForEachPiece(batches.Count, b =>
        {
            var batch = batches[b];
            Run(batch, tokens, first, vectors);
            progress.Ran(batch);
        });
    }

    /// <summary>No ids for a text that says nothing.</summary>
    private int[] Tokens(string text, int[] buffer)
    {
        if (string.IsNullOrWhiteSpace(text)) return [];
        int count = _tokenizer.Encode(_prompt + Lowered(text), buffer);
        return count <= _emptyLength ? [] : buffer.AsSpan(0, count).ToArray();
    }

    private string Lowered(string text) => _model.Settings.LowerCase ? text.ToLowerInvariant() : text;

    private void Run(TokenBatch batch, int[][] tokens, int first, FactorMatrix vectors)
    {
        var ids = new int[batch.Rows * batch.Length];
        for (int row = 0; row < batch.Rows; row++)
            tokens[batch.Texts[Math.Min(row, batch.Texts.Count - 1)]].CopyTo(ids.AsSpan(row * batch.Length));
        var pooled = _session.Run(ids, batch.Rows, batch.Length);
        for (int row = 0; row < batch.Texts.Count; row++)
        {
            var vector = vectors.Row(first + batch.Texts[row]);
            pooled.Row(row).CopyTo(vector);
            if (!TokenPooling.Normalize(vector))
            {
                throw new RunFailedException(
                    $"{_model.Graph}: the vector of a text of {batch.Length} tokens is not finite; this graph cannot be used on {Provider}");
            }
        }
    }

    /// <summary>Runs the last id of the vocabulary, and the longest text, so that a graph that has no place for them is known before the first text.</summary>
    private int Try()
    {
        string expected = string.Create(CultureInfo.InvariantCulture, $"a graph for a vocabulary of {_tokenizer.VocabularySize} tokens");
        int dimension = Attempt(
            [_tokenizer.VocabularySize - 1, 0, _tokenizer.VocabularySize - 1, 0], 2, 2, "the token ids of its tokenizer do not fit", expected);
        if (_session.Signature.Dimension is > 0 and var declared && declared != dimension)
        {
            throw new TextModelException(
                _model.Graph, $"its output '{_session.Signature.Output}' declares {declared} floats a text and has {dimension}", "one number");
        }
        Attempt(
            new int[MaxLength], 1, MaxLength, string.Create(CultureInfo.InvariantCulture, $"texts of {MaxLength} tokens do not fit"),
            "room for them, or a smaller Embed:MaxLength");
        return dimension;
    }

    private int Attempt(int[] ids, int rows, int length, string found, string expected)
    {
        try
        {
            return _session.Run(ids, rows, length).Rank;
        }
        catch (RunFailedException e)
        {
            throw new TextModelException(_model.Graph, $"{found} ({GraphSession.Line(e.InnerException ?? e)})", expected, e);
        }
    }

    private static bool UseCuda(EmbedOptions options, StageContext context) =>
        CudaProvider.WhyNot(options.GpuId) is not { } why || Refuse(why, options, context);

    private static bool Refuse(string why, EmbedOptions options, StageContext context)
    {
        if (options.Device == EmbedDevice.Cuda) throw new RunFailedException($"Embed:Device is cuda, and CUDA cannot be used: {why}; or set it to auto or cpu");
        context.Progress.Note($"text is embedded on the CPU: {why} (set Embed:Device=cpu to silence this warning)");
        return false;
    }

    /// <summary>A GPU may also refuse when the graph is put on it: out of memory, a kernel that is missing.</summary>
    private static ITextGraph Load(ModelFolder model, ref bool cuda, EmbedOptions options, StageContext context)
    {
        try
        {
            return Load(model, cuda, options);
        }
        catch (TextModelException e) when (cuda && e.InnerException is OnnxRuntimeException)
        {
            cuda = Refuse(e.Found, options, context);
            return Load(model, cuda, options);
        }
    }

    [SuppressMessage("Performance", "CA1859", Justification = "There are two kinds of graphs.")]
    private static ITextGraph Load(ModelFolder model, bool cuda, EmbedOptions options)
    {
        if (options.Engine == EmbedEngine.OnnxTransformer) return new OnnxTransformerGraph(model, Settings);
        using var settings = Settings();
        return new GraphSession(model, settings);

        SessionOptions Settings()
        {
            var made = GraphSession.OneThreadEach();
            if (cuda) CudaProvider.Append(made, options.GpuId, options.GpuMemoryMb);
            return made;
        }
    }
}
