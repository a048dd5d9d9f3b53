using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed;

/// <summary>What embed found out: the content, and in words which encoder read it and on what.</summary>
/// <param name="Encoded">Texts that the encoder was run for.</param>
/// <param name="Known">Texts whose vector was in the cache.</param>
internal sealed record EmbedResult(ItemContent Content, IReadOnlyDictionary<string, string> Facts, int Encoded, int Known);

/// <summary>Items with text in, a unit vector each out. Only texts that the cache does not have for this model are run through the encoder.</summary>
internal sealed class EmbedStage(EmbedOptions options)
{
    /// <summary>Metric: texts that the encoder was run for.</summary>
    public const string Encoded = "embed.encoded";

    /// <summary>Metric: texts whose vector was known.</summary>
    public const string Cached = "embed.cached";

    private readonly Func<EmbedOptions, StageContext, ITextEncoder?> _open = TextEncoders.Open;

    internal EmbedStage(EmbedOptions options, Func<EmbedOptions, StageContext, ITextEncoder?> open)
        : this(options) => _open = open;

    /// <param name="last">Folder with the cache of the last time; null or without one: everything is embedded again.</param>
    /// <param name="keep">Folder that gets the cache for the next time; null keeps none.</param>
    /// <exception cref="Errors.RecsysException">The model cannot be used, or the device that is insisted on.</exception>
    public EmbedResult Run(Catalog catalog, string? last, string? keep, StageContext context)
    {
        var progress = context.Progress;
        var texts = ItemText.Of(catalog, options.Fields);
        progress.Metric("embed.items", texts.Count(t => t is not null));
        if (options.IsOff) return Without(texts);
        using var encoder = _open(options, context);
        if (encoder is null) return Without(texts);

        var cache = EmbeddingCache.Read(last, $"{encoder.ModelHash} {DeviceKind(encoder.Provider)}", encoder.Dimension, progress);
        var keys = Array.ConvertAll(texts, TextKey.Of);
        var missing = new Dictionary<TextKey, string>();
        for (int i = 0; i < texts.Length; i++)
            if (texts[i] is { } text && !cache.Use(keys[i])) missing.TryAdd(keys[i], text);
        // In one order, whatever the order of the items.
        var wanted = missing.OrderBy(m => m.Key).ToArray();
        if (wanted.Length > 0) cache.Add([.. wanted.Select(m => m.Key)], encoder.Encode([.. wanted.Select(m => m.Value)], context));

        var rows = new FactorMatrix(texts.Length, encoder.Dimension);
        for (int i = 0; i < texts.Length; i++)
            if (texts[i] is not null) cache.Row(keys[i]).CopyTo(rows.Row(i));
        int known = cache.Used - wanted.Length;
        progress.Metric(Encoded, wanted.Length);
        progress.Metric(Cached, known);
        if (keep is not null) cache.Write(keep, options.CacheNights);
        return new EmbedResult(
            new ItemContent(texts, [new ItemView(ItemView.Text, EmbeddingTable.OfUnitRows(rows))]),
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["encoder"] = encoder.ModelHash[..16],
                ["provider"] = encoder.Provider,
                ["engine"] = options.Engine == EmbedEngine.OnnxTransformer
                    ? $"ML.NET {PackageVersions.Of("Microsoft.ML.OnnxTransformer")} over ONNX Runtime {Onnx.OrtRuntime.Version}"
                    : $"ONNX Runtime {Onnx.OrtRuntime.Version}",
                ["dimension"] = encoder.Dimension.ToString(CultureInfo.InvariantCulture),
            },
            wanted.Length,
            known);
    }

    private static EmbedResult Without(string?[] texts) =>
        new(new ItemContent(texts, []), new Dictionary<string, string>(StringComparer.Ordinal) { ["provider"] = "none" }, 0, 0);

    /// <summary>A processor and a GPU do not give the same bits; two GPUs of one kind do.</summary>
    private static string DeviceKind(string provider) => provider.Split(':')[0];
}
