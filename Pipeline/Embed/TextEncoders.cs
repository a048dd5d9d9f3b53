using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed;

/// <summary>The encoder that configuration asks for.</summary>
public static class TextEncoders
{
    /// <summary>The model's folder; null where text is off, or where none is named and none was shipped.</summary>
    public static string? FolderOf(EmbedOptions options) => options.IsOff ? null : options.Model.Length > 0 ? options.Model : ShippedEncoder.Find();

    /// <summary>All files that decide the vectors, with their SHA-256; empty where there is no model.</summary>
    /// <exception cref="Onnx.TextModelException">The folder is no model's.</exception>
    public static IReadOnlyDictionary<string, string> Fingerprints(EmbedOptions options) =>
        FolderOf(options) is { } folder ? ModelFolder.Open(folder).Fingerprints() : new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Opened by <see cref="FolderOf"/>; null where text is off, or where none is named and none was shipped; that is then said in a note.</summary>
    /// <exception cref="Errors.RecsysException">The model or the device cannot be used.</exception>
    public static ITextEncoder? Open(EmbedOptions options, StageContext context)
    {
        if (options.IsOff) return null;
        if (FolderOf(options) is { } folder) return OnnxTextEncoder.Open(folder, options, context);
        context.Progress.Note("data/text-encoder is neither beside the program nor above it, so items are not embedded; name a model's folder with Embed:Model, or say none");
        return null;
    }
}
