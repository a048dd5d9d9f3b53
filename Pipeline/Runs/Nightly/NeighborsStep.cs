using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Neighbors;
using Recsys.Batch.Pipeline.Privacy;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Neighbors in the night: the nearest items of every item, for <c>item_neighbors</c>.</summary>
/// <param name="output">The output folder, whose key the noise is drawn under and whose account it is put down in.</param>
internal sealed class NeighborsStep(NeighborsOptions options, PrivacyOptions privacy, string output) : IRunStage
{
    public const string File = "neighbors.bin";

    private const int PortionItems = 1_000;

    public string Name => StageNames.Neighbors;

    public string CodeVersion => "1";

    public IReadOnlyList<StageInput> Inputs =>
    [
        new StageInput(
            StageNames.Ingest,
            [IngestArtifacts.Catalog, .. IsPrivate ? (string[])[IngestArtifacts.Interactions, IngestArtifacts.Items] : []]),
        new StageInput(StageNames.Embed, EmbedArtifacts.Content),
        new StageInput(StageNames.Train, TrainStep.Serving),
    ];

    public JsonNode? Options => IsPrivate
        ? OptionSections.Of((nameof(PipelineOptions.Neighbors), options), (nameof(PipelineOptions.Privacy), PrivacyBudget.Options(privacy)))
        : OptionSections.Of((nameof(PipelineOptions.Neighbors), options));

    private bool IsPrivate => privacy.MinCustomers > 1 || privacy.Epsilon is not null;

    public Task RunAsync(StageWork work)
    {
        string ingest = Ingest(work);
        var catalog = IngestArtifacts.ReadCatalog(ingest);
        var text = EmbedStep.Content(work).Text;
        var stage = new NeighborsStage(options);
        var interactions = IsPrivate ? IngestArtifacts.ReadInteractions(ingest) : null;
        NeighborLists.Save(work.Output(File), privacy.Epsilon is not null && options.Count > 0
            ? Counted(stage, interactions!, text, catalog, work)
            : stage.Run(
                CatalogModel.Load(work.Input(StageNames.Train, TrainStep.Serving), catalog.Items).ItemEmbeddings, text, catalog, work.Context,
                interactions is null ? null : new PairSupport(interactions, privacy.MinCustomers)));
        return Task.CompletedTask;
    }

    private static string Ingest(StageWork work) => Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Catalog))!;

    /// <summary>By counts with noise: the model's factors say too much of single customers.</summary>
    private IReadOnlyList<NeighborLists> Counted(
        NeighborsStage stage, InteractionMatrix interactions, EmbeddingTable? text, Catalog catalog, StageWork work)
    {
        var budget = new PrivacyBudget(privacy, output, work);
        var clipped = budget.Counts.Clipped(interactions, NoisyCounts.Ties(IngestArtifacts.ReadItems(Ingest(work))));
        var customers = budget.Counts.Items(clipped, Enumerable.Range(0, clipped.Length), new double[catalog.Items], stream: 0);
        var pairs = budget.Counts.Pairs(clipped, catalog.Items, work.Context.Threads);
        budget.Spend(releases: 2, work);
        bool[] enough = [.. pairs.Counts.Select(c => c >= privacy.MinCustomers)];
        var counted = new CountedNeighbors(options, catalog);
        var cf = counted.Of(
            [.. pairs.First.Where((_, p) => enough[p])], [.. pairs.Second.Where((_, p) => enough[p])], [.. pairs.Counts.Where((_, p) => enough[p])], customers);
        work.Context.Progress.Metric($"neighbors.{NeighborLists.Cf}", cf.Items.Length);
        if (text is null) return [cf];
        var byText = stage.Run(model: null, text, catalog, work.Context).Single();
        var blend = counted.Blend(cf, byText);
        work.Context.Progress.Metric($"neighbors.{NeighborLists.Blend}", blend.Items.Length);
        return [cf, byText, blend];
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
