using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed.Classifier;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed;

/// <summary>What embed found out: the content, and in words which encoder read it and on what.</summary>
/// <param name="Encoded">Texts that the encoder was run for.</param>
/// <param name="Known">Texts whose vector was in the cache.</param>
internal sealed record EmbedResult(ItemContent Content, IReadOnlyDictionary<string, string> Facts, int Encoded, int Known)
{
    /// <summary>Whether the encoder understands the texts; empty where there was nothing to read.</summary>
    public IReadOnlyList<ConstraintResult> Checks { get; init; } = [];

    /// <summary>Categories for items that have none; null where none lacks one, or nothing can say.</summary>
    public PredictedCategories? Predicted { get; init; }
}

/// <summary>
/// Items with text in, a unit vector each out, or none where the encoder does not understand the text. Only texts that the cache does not have for this model
/// are run through the encoder.
/// </summary>
internal sealed class EmbedStage(EmbedOptions options)
{
    /// <summary>Metric: texts that the encoder was run for.</summary>
    public const string Encoded = "embed.encoded";

    /// <summary>Metric: texts whose vector was known.</summary>
    public const string Cached = "embed.cached";

    /// <summary>Metric: share of the distinct texts' words that the encoder does not know.</summary>
    public const string UnknownShare = "embed.unknown_share";

    /// <summary>Metric: share of distinct texts that have the vector of another.</summary>
    public const string SharedShare = "embed.shared_share";

    /// <summary>Metric: items with text, but without a vector, since the encoder does not understand it.</summary>
    public const string UnreadItems = "embed.unread_items";

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
        // In one order, whatever the order of the items.
        var distinct = new SortedDictionary<TextKey, string>();
        for (int i = 0; i < texts.Length; i++)
            if (texts[i] is { } text) distinct.TryAdd(keys[i], text);
        var wanted = distinct.Where(m => !cache.Use(m.Key)).ToArray();
        if (wanted.Length > 0) cache.Add([.. wanted.Select(m => m.Key)], encoder.Encode([.. wanted.Select(m => m.Value)], context));

        var covered = encoder.Cover([.. distinct.Values], context);
        TextKey[] order = [.. distinct.Keys];
        var quality = TextQuality.Of([.. distinct.Values], covered, at => cache.Row(order[at]), options.Quality.MaxUnknown);
        var read = order.Where((_, at) => !quality.IsConstant && covered[at].UnknownShare <= options.Quality.MaxUnknown).ToHashSet();

        var rows = new FactorMatrix(texts.Length, encoder.Dimension);
        int items = 0, vectors = 0;
        for (int i = 0; i < texts.Length; i++)
        {
            if (texts[i] is null) continue;
            items++;
            if (!read.Contains(keys[i])) continue;
            vectors++;
            cache.Row(keys[i]).CopyTo(rows.Row(i));
        }
        // A table that says nothing of any item is none.
        var content = new ItemContent(texts, vectors == 0 && items > 0 ? [] : [new ItemView(ItemView.Text, EmbeddingTable.OfUnitRows(rows))]);
        int encoded = wanted.Length;
        var predicted = content.Text is not { } table ? null
            : PredictedCategories.Of(catalog, table, options.Fields, VectorsOf, options.Classifier, context);
        predicted?.Tell(progress);
        int known = cache.Used - encoded;
        progress.Metric(Encoded, encoded);
        progress.Metric(Cached, known);
        progress.Metric(UnknownShare, quality.UnknownShare);
        progress.Metric(SharedShare, quality.SharedShare);
        progress.Metric(UnreadItems, items - vectors);
        if (keep is not null) cache.Write(keep, options.CacheNights);
        return new EmbedResult(
            content,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["encoder"] = encoder.ModelHash[..16],
                ["provider"] = encoder.Provider,
                ["engine"] = options.Engine == EmbedEngine.OnnxTransformer
                    ? $"ML.NET {PackageVersions.Of("Microsoft.ML.OnnxTransformer")} over ONNX Runtime {Onnx.OrtRuntime.Version}"
                    : $"ONNX Runtime {Onnx.OrtRuntime.Version}",
                ["dimension"] = encoder.Dimension.ToString(CultureInfo.InvariantCulture),
            },
            encoded,
            known)
        {
            Checks = items == 0 ? [] : [.. quality.Check(options.Quality, items - vectors, items)],
            Predicted = predicted,
        };

        FactorMatrix VectorsOf(IReadOnlyList<string> some)
        {
            TextKey[] own = [.. some.Select(t => TextKey.Of(t))];
            int[] unknown = [.. Enumerable.Range(0, own.Length).Where(t => !cache.Use(own[t]))];
            if (unknown.Length > 0) cache.Add([.. unknown.Select(t => own[t])], encoder.Encode([.. unknown.Select(t => some[t])], context));
            encoded += unknown.Length;
            var understood = encoder.Cover(some, context);
            var matrix = new FactorMatrix(own.Length, encoder.Dimension);
            for (int t = 0; t < own.Length; t++)
                if (understood[t].UnknownShare <= options.Quality.MaxUnknown) cache.Row(own[t]).CopyTo(matrix.Row(t));
            return matrix;
        }
    }

    private static EmbedResult Without(string?[] texts) =>
        new(new ItemContent(texts, []), new Dictionary<string, string>(StringComparer.Ordinal) { ["provider"] = "none" }, 0, 0);

    /// <summary>A processor and a GPU do not give the same bits; two GPUs of one kind do.</summary>
    private static string DeviceKind(string provider) => provider.Split(':')[0];
}
