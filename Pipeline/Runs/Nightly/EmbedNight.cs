using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Ingest;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Embed in the night: the catalog's texts to vectors, with those of last night for all texts that stayed as they were.</summary>
internal sealed class EmbedNight(EmbedOptions options) : IRunStage
{
    public string Name => StageNames.Embed;

    public string CodeVersion => "1";

    public IReadOnlyList<StageInput> Inputs => [new StageInput(StageNames.Ingest, IngestArtifacts.Catalog)];

    /// <summary>Where the model lies, how much memory it gets and how long vectors are kept says nothing about what they are.</summary>
    public JsonNode? Options => OptionSections.Of((nameof(NightOptions.Embed), new { options.IsOff, options.Fields, options.Device, options.GpuId, options.MaxLength }));

    /// <summary>The model's files. A model that cannot be used stops the night before its first stage.</summary>
    public IReadOnlyDictionary<string, string> Sources() => TextEncoders.Fingerprints(options);

    /// <summary>What the stage that is at work gets from it.</summary>
    public static ItemContent Content(StageWork work) => EmbedArtifacts.ReadContent(Path.GetDirectoryName(work.Input(StageNames.Embed, EmbedArtifacts.Content))!);

    public Task RunAsync(StageWork work)
    {
        var catalog = IngestArtifacts.ReadCatalog(Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Catalog))!);
        var result = new EmbedStage(options).Run(catalog, work.LastFinished, work.Folder, work.Context);
        EmbedArtifacts.WriteContent(work.Folder, result.Content);
        foreach (var (name, fact) in result.Facts) work.Facts[name] = fact;
        return Task.CompletedTask;
    }
}
