using Recsys.Batch.Pipeline.Embed.Classifier;
using Recsys.Batch.Pipeline.Embed.Clusters;
using Recsys.Batch.Pipeline.Embed.Own;
using Recsys.Batch.Pipeline.Embed.Tuning;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed;

/// <summary>What embeds the texts.</summary>
internal enum EmbedDevice
{
    /// <summary>CUDA where it works, else the CPU, with one warning that says why.</summary>
    Auto,

    /// <summary>The CPU.</summary>
    Cpu,

    /// <summary>CUDA or an error that says why not.</summary>
    Cuda,
}

/// <summary>What runs the graph.</summary>
internal enum EmbedEngine
{
    /// <summary>ONNX Runtime itself, many texts of one length at once.</summary>
    OnnxRuntime,

    /// <summary>ML.NET's <c>ApplyOnnxModel</c> over ONNX Runtime, text by text.</summary>
    OnnxTransformer,
}

/// <summary>Which of a model's graphs is run.</summary>
internal enum EmbedPrecision
{
    /// <summary><c>model.onnx</c>, else <c>model_quantized.onnx</c>, else <c>model_int8.onnx</c>.</summary>
    Auto,

    /// <summary><c>model.onnx</c> alone.</summary>
    Float32,

    /// <summary><c>model_int8.onnx</c> alone, on the CPU.</summary>
    Int8,
}

/// <summary>Section <c>Embed</c>: which text encoder reads the items, what it reads of them, and on what it runs.</summary>
internal sealed class EmbedOptions : IStageOptions
{
    /// <summary>The value of <see cref="Model"/> that turns text off.</summary>
    public const string NoModel = "none";

    /// <summary>
    /// Folder of a sentence-transformers export (<c>model.onnx</c>, <c>model_quantized.onnx</c> or <c>model_int8.onnx</c>, with <c>vocab.txt</c> or
    /// <c>tokenizer.json</c>); empty is the encoder that the program ships, <c>none</c> embeds nothing.
    /// </summary>
    public string Model { get; set; } = "";

    /// <summary>
    /// What stands before every text, where the model was trained so: a name of a prompt that the model's <c>config_sentence_transformers.json</c> has, or the
    /// text itself, such as <c>query: </c> for E5. Empty is the prompt that the model names as its default, if any; <c>none</c> is none.
    /// </summary>
    public string Prompt { get; set; } = "";

    /// <summary>
    /// What of an item is embedded, in this order: of <c>title</c>, <c>brand</c>, <c>category</c>, <c>text</c>. What an item lacks is left out.
    /// </summary>
    public IList<string> Fields { get; set; } = [ItemText.Title, ItemText.Brand, ItemText.Category, ItemText.Text];

    /// <summary>What runs the encoder. Vectors of both are equal within 1e-5, not bit for bit.</summary>
    public EmbedEngine Engine { get; set; } = EmbedEngine.OnnxRuntime;

    /// <summary>
    /// <c>Int8</c> runs <c>model_int8.onnx</c>, which <c>quantize-encoder</c> makes and the shipped encoder has, on the CPU: faster where the processor has
    /// products of bytes (VNNI). Vectors are near the others', not equal to them.
    /// </summary>
    public EmbedPrecision Precision { get; set; } = EmbedPrecision.Auto;

    public EmbedDevice Device { get; set; } = EmbedDevice.Auto;

    /// <summary>The GPU's number, 0 to 63, as the driver counts them.</summary>
    public int GpuId { get; set; }

    /// <summary>MiB that the encoder may take of the GPU's memory, 256 or more; 0 is no limit.</summary>
    public int GpuMemoryMb { get; set; }

    /// <summary>Longest text in tokens, 4 to 8,192, the rest is cut off; 0 is what the model was made for.</summary>
    public int MaxLength { get; set; }

    /// <summary>
    /// Tokens that are in the encoder at once a thread, 64 to 1,000,000: its memory beside the model is about
    /// <c>threads x tokens x (20 x width + heads x longest text) x 4</c> bytes, and never less than one text takes. Vectors do not depend on it.
    /// </summary>
    public int BatchTokens { get; set; } = 1_024;

    /// <summary>Nights that the vector of a text which no item has any more is kept, 0 to 10,000.</summary>
    public int CacheNights { get; set; } = 30;

    public TextQualityOptions Quality { get; set; } = new();

    /// <summary>Embeddings that the shop brings, one view each beside the text.</summary>
    public List<OwnOptions> Own { get; set; } = [];

    /// <summary>Groups by meaning, as categories where the catalog has none.</summary>
    public ClusterOptions Clusters { get; set; } = new();

    /// <summary>Categories of the shop's own, predicted from the text, for items that have none.</summary>
    public ClassifierOptions Classifier { get; set; } = new();

    /// <summary>Vectors tuned to what the shop's customers buy together.</summary>
    public TuningOptions Tuning { get; set; } = new();

    /// <summary>Whether nothing is embedded.</summary>
    public bool IsOff => Model.Equals(NoModel, StringComparison.OrdinalIgnoreCase);

    public void Validate(OptionsCheck check)
    {
        check.Require(IsOff || Model.Length == 0 || Directory.Exists(Model), Model, "a folder with model.onnx and vocab.txt or tokenizer.json, or none")
            .Require(Fields.Count > 0, Fields.Count, "at least one of " + string.Join(", ", ItemText.Fields), nameof(Fields))
            .Require(Enum.IsDefined(Engine), Engine, "OnnxRuntime or OnnxTransformer")
            .Require(Enum.IsDefined(Precision), Precision, "Auto, Float32 or Int8")
            .Require(
                Precision != EmbedPrecision.Int8 || Device != EmbedDevice.Cuda, Device, "Auto or Cpu: an int8 graph (Embed:Precision) is for processors")
            .InRange(GpuId, 0, 63)
            .Require(GpuMemoryMb is 0 or >= 256, GpuMemoryMb, "0 (no limit) or at least 256 (MiB)")
            .Require(MaxLength is 0 or (>= 4 and <= 8_192), MaxLength, "0 (the model's own) or a number of tokens from 4 to 8192")
            .InRange(BatchTokens, 64, 1_000_000)
            .InRange(CacheNights, 0, 10_000);
        for (int i = 0; i < Own.Count; i++) check.Nested(Own[i], $"{nameof(Own)}:{i}");
        foreach (var twice in Own.GroupBy(o => o.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
            check.Require(false, twice.Key, "a name that no other view has", $"{nameof(Own)}:Name");
        check.Nested(Clusters).Nested(Classifier).Nested(Tuning);
        Quality.Validate(check);
        for (int i = 0; i < Fields.Count; i++)
            check.Require(ItemText.Fields.Contains(Fields[i]), Fields[i], "one of " + string.Join(", ", ItemText.Fields), $"{nameof(Fields)}:{i}");
    }
}
