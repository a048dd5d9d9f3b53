using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Classifier;
using Recsys.Batch.Pipeline.Embed.Clusters;
using Recsys.Batch.Pipeline.Embed.Own;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Embed in the night: the catalog's texts to vectors, with those of last night for all texts that stayed as they were.</summary>
internal sealed class EmbedStep(EmbedOptions options, IParquetReader reader, bool stripDecimalZero) : IRunStage
{
    public string Name => StageNames.Embed;

    public string CodeVersion => "4";

    // Only what a shop brings itself asks for ids.
    public IReadOnlyList<StageInput> Inputs =>
        [new StageInput(StageNames.Ingest, options.Own.Count > 0 ? [IngestArtifacts.Catalog, IngestArtifacts.Items] : [IngestArtifacts.Catalog])];

    /// <summary>Where the model lies, how much memory it gets and how long vectors are kept says nothing about what they are.</summary>
    public JsonNode? Options => OptionSections.Of(
        (nameof(PipelineOptions.Embed), new
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
        }));

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
        EmbedArtifacts.WriteContent(work.Folder, result.Content.With(own));
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
}
