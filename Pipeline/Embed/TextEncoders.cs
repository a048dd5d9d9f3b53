using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed;

/// <summary>The encoder that configuration asks for.</summary>
internal static class TextEncoders
{
    /// <summary>The model's folder; null where text is off, or where none is named and none was shipped.</summary>
    public static string? FolderOf(EmbedOptions options) => options.IsOff ? null : options.Model.Length > 0 ? options.Model : ShippedEncoder.Find();

    /// <summary>All files that decide the vectors, with their SHA-256; empty where there is no model.</summary>
    /// <exception cref="TextModelException">The folder is not a model's.</exception>
    public static IReadOnlyDictionary<string, string> Fingerprints(EmbedOptions options) =>
        FolderOf(options) is { } folder
            ? ModelFolder.Open(folder, options.Precision).Fingerprints()
            : new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Null where text is off, or where none is named and none can be had here; that is then said in a note.</summary>
    /// <exception cref="Errors.RecsysException">The model or the device cannot be used.</exception>
    public static ITextEncoder? Open(EmbedOptions options, StageContext context)
    {
        if (options.IsOff) return null;
        bool named = options.Model.Length > 0;
        string? why = !named && ShippedEncoder.Find() is null
            ? "data/text-encoder is neither beside the program nor above it; name a model's folder with Embed:Model, or set it to none"
            : !named && options.Device != EmbedDevice.Cuda ? OrtRuntime.WhyNot : null;
        if (why is null) return OnnxTextEncoder.Open(FolderOf(options)!, options, context);
        context.Progress.Note($"items are not embedded: {why}");
        return null;
    }

    /// <summary>Unit vectors of texts; null where there is no encoder.</summary>
    /// <exception cref="Errors.RecsysException">The model or the device cannot be used.</exception>
    public static EmbeddingTable? Encode(IReadOnlyList<string> texts, EmbedOptions options, StageContext context)
    {
        using var encoder = Open(options, context);
        return encoder is null ? null : EmbeddingTable.OfUnitRows(encoder.Encode(texts, context));
    }

    /// <summary>Opens the model once, on the CPU, so that one that does not fit is known before a night's first stage.</summary>
    /// <exception cref="Errors.RecsysException">The model cannot be used.</exception>
    public static void Check(EmbedOptions options)
    {
        var onCpu = new EmbedOptions
        {
            Model = options.Model,
            Prompt = options.Prompt,
            Engine = options.Engine,
            Precision = options.Precision,
            Device = EmbedDevice.Cpu,
            MaxLength = options.MaxLength,
            BatchTokens = options.BatchTokens,
        };
        using var encoder = Open(onCpu, StageContext.Quiet(1));
    }
}
