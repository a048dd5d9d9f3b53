using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Classifier;
using Recsys.Batch.Pipeline.Embed.Clusters;
using Recsys.Batch.Pipeline.Embed.Own;
using Recsys.Batch.Pipeline.Embed.Tuning;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Embed in the night: the catalog's texts to vectors, with those of last night for all texts that stayed as they were.</summary>
internal sealed class EmbedStep(EmbedOptions options, IParquetReader reader, bool stripDecimalZero) : IRunStage
{
    /// <summary>Windows before the validation window that models race by: what purchases tune is learned from what lies before the oldest.</summary>
    public int EarlierWindows { get; init; }

    public string Name => StageNames.Embed;

    public string CodeVersion => "4";

    // Only what a shop brings itself asks for ids, and only tuning for purchases.
    public IReadOnlyList<StageInput> Inputs =>
    [
        new StageInput(
            StageNames.Ingest,
            [
                IngestArtifacts.Catalog,
                .. options.Own.Count > 0 ? [IngestArtifacts.Items] : Array.Empty<string>(),
                .. options.Tuning.IsOff ? Array.Empty<string>() : [IngestArtifacts.Validation, .. IngestArtifacts.Earlier(EarlierWindows)],
            ]),
    ];

    /// <summary>Where the model lies, how much memory it gets and how long vectors are kept says nothing about what they are.</summary>
    public JsonNode? Options => options.Tuning.IsOff
        ? OptionSections.Of((nameof(PipelineOptions.Embed), Decisive))
        : OptionSections.Of((nameof(PipelineOptions.Embed), Decisive), (nameof(EmbedOptions.Tuning), options.Tuning));

    private object Decisive => new
    {
        options.IsOff,
        options.Fields,
        options.Device,
        options.GpuId,
        options.MaxLength,
        options.Prompt,
        Quality = CanonicalJson.ToNode(options.Quality),
        Clusters = CanonicalJson.ToNode(options.Clusters),
        Classifier = CanonicalJson.ToNode(options.Classifier),
        Own = options.Own.Select(o => new { o.Name, o.Id, o.Column, o.Columns, StripDecimalZero = stripDecimalZero }),
    };

    /// <summary>The model's files and those that a shop brings. A model that cannot be used stops the night before its first stage.</summary>
    public IReadOnlyDictionary<string, string> Sources()
    {
        TextEncoders.Check(options);
        return TextEncoders.Fingerprints(options).Concat(OwnEmbeddings.Fingerprints(options.Own, reader)).ToDictionary(StringComparer.Ordinal);
    }

    public IReadOnlyDictionary<string, double> WhenReused(IReadOnlyDictionary<string, double> metrics) =>
        metrics.ToDictionary(m => m.Key, m => m.Key switch
        {
            EmbedStage.Encoded => 0,
            EmbedStage.Cached => m.Value + metrics.GetValueOrDefault(EmbedStage.Encoded),
            _ => m.Value,
        });

    /// <summary>What the stage that is at work gets from it.</summary>
    public static ItemContent Content(StageWork work) =>
        EmbedArtifacts.ReadContent(Path.GetDirectoryName(work.Input(StageNames.Embed, EmbedArtifacts.Content))!);

    /// <summary>The file of the map that the items' vectors went through, where there may be one: for stages that read further texts.</summary>
    public static string[] Map(EmbedOptions options) => options.Tuning.IsOff ? [] : [EmbedArtifacts.Adapter];

    /// <summary>Further texts in the space of the items' vectors; null where there is no encoder. The stage takes <see cref="Map"/> from this one.</summary>
    public static EmbeddingTable? Encode(IReadOnlyList<string> texts, EmbedOptions options, StageWork work)
    {
        var table = TextEncoders.Encode(texts, options, work.Context);
        if (table is null || options.Tuning.IsOff) return table;
        return Adapter(work) is { } adapter ? adapter.Apply(table, work.Context.Threads, work.Context.Cancellation) : table;
    }

    /// <summary>The map; null where the encoder stayed as it is. The stage takes <see cref="Map"/> from this one.</summary>
    public static TextAdapter? Adapter(StageWork work) =>
        EmbedArtifacts.ReadAdapter(Path.GetDirectoryName(work.Input(StageNames.Embed, EmbedArtifacts.Adapter))!);

    /// <summary>The catalog with predicted categories, and clusters, where it has none.</summary>
    public static Catalog Catalog(StageWork work) =>
        ItemClusters.With(
            IngestArtifacts.ReadCatalog(Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Catalog))!),
            EmbedArtifacts.ReadCategories(Path.GetDirectoryName(work.Input(StageNames.Embed, EmbedArtifacts.Categories))!));

    public Task RunAsync(StageWork work)
    {
        var catalog = IngestArtifacts.ReadCatalog(Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Catalog))!);
        var result = new EmbedStage(options).Run(catalog, work.LastFinished, work.Folder, work.Context);
        IReadOnlyList<ItemView> own = options.Own.Count == 0 ? [] : OwnEmbeddings.ReadAll(
            options.Own,
            IngestArtifacts.ReadItems(Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Items))!), reader, work.Context, stripDecimalZero);
        EmbedArtifacts.WriteContent(work.Folder, Tuned(result.Content, work).With(own));
        if (result.Predicted is { } predicted)
        {
            predicted.Report.Write(Path.Combine(work.Folder, ClassifierReport.FileName));
            catalog = ItemClusters.With(catalog, predicted.Categories);
        }
        EmbedArtifacts.WriteCategories(
            work.Folder, ItemClusters.Fill(catalog, result.Content.Text, options.Clusters, work.Context).Categories,
            result.Predicted is { Report.Predicted: > 0 } some ? some.Confidence : null);
        work.Check(result.Checks);
        foreach (var (name, fact) in result.Facts) work.Facts[name] = fact;
        return Task.CompletedTask;
    }

    /// <summary>
    /// The texts' vectors as the shop's purchases tune them, where that is on and pays. Models are measured by later windows than the one that it learns from.
    /// Categories and clusters go by the encoder's own: they are about what a text says.
    /// </summary>
    private ItemContent Tuned(ItemContent content, StageWork work)
    {
        if (options.Tuning.IsOff) return content;
        EncoderTuning? tuning = null;
        if (content.Text is { } table)
        {
            string ingest = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Validation))!;
            var oldest = IngestArtifacts.ReadEarlier(ingest, EarlierWindows) is { Count: > 0 } earlier ? earlier[^1] : IngestArtifacts.ReadValidation(ingest);
            var purchases = oldest.Train;
            tuning = EncoderTuning.Of(purchases, table, content.Texts, options.Tuning, work.Context);
            tuning.Tell(work.Context.Progress);
            tuning.Report.Write(work.Output(TuningReport.FileName));
        }
        EmbedArtifacts.WriteAdapter(work.Folder, tuning?.Adapter);
        return tuning?.Tuned(content, work.Context) ?? content;
    }
}
