using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Neighbors;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Neighbors in the night: the nearest items of every item, for <c>item_neighbors</c>.</summary>
internal sealed class NeighborsStep(NeighborsOptions options) : IRunStage
{
    public const string File = "neighbors.bin";

    private const int PortionItems = 1_000;

    public string Name => StageNames.Neighbors;

    public string CodeVersion => "1";

    public IReadOnlyList<StageInput> Inputs =>
    [
        new StageInput(StageNames.Ingest, IngestArtifacts.Catalog),
        new StageInput(StageNames.Embed, EmbedArtifacts.Content),
        new StageInput(StageNames.Train, TrainStep.Serving),
    ];

    public JsonNode? Options => OptionSections.Of((nameof(PipelineOptions.Neighbors), options));

    public Task RunAsync(StageWork work)
    {
        var catalog = IngestArtifacts.ReadCatalog(Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Catalog))!);
        var model = CatalogModel.Load(work.Input(StageNames.Train, TrainStep.Serving), catalog.Items);
        NeighborLists.Save(work.Output(File), new NeighborsStage(options).Run(model.ItemEmbeddings, EmbedStep.Content(work).Text, catalog, work.Context));
        return Task.CompletedTask;
    }

    /// <summary>Rows of the table in portions, items in ordinal order of their ids.</summary>
    public static IEnumerable<IReadOnlyList<NeighborEntry>> Rows(string file, IdMap items)
    {
        var lists = NeighborLists.Load(file);
        var order = Enumerable.Range(0, items.Count).ToArray();
        Array.Sort(order, (a, b) => items[a].SequenceCompareTo(items[b]));
        foreach (var portion in order.Chunk(PortionItems))
        {
            yield return [.. from item in portion
                             from list in lists
                             from n in Enumerable.Range(0, list.Offsets[item + 1] - list.Offsets[item])
                             let at = list.Offsets[item] + n
                             select new NeighborEntry(items.Text(item), n + 1, items.Text(list.Items[at]), list.Scores[at], list.Source)];
        }
    }
}
