using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Retrieve;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Evaluate in the night: the hold-out's models against each other and against the published version, and the model gate.</summary>
internal sealed class EvaluateNight(EvaluateOptions options, IOutputStore published) : IRunStage
{
    public string Name => StageNames.Evaluate;

    public string CodeVersion => "1";

    public IReadOnlyList<StageInput> Inputs =>
    [
        new StageInput(StageNames.Ingest, IngestArtifacts.HoldOut, IngestArtifacts.Catalog),
        new StageInput(StageNames.Train, TrainNight.HoldOutFolder + "/*"),
    ];

    public JsonNode? Options => OptionSections.Of((nameof(NightOptions.Evaluate), options));

    public Task RunAsync(StageWork work)
    {
        string ingest = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.HoldOut))!;
        var holdOut = IngestArtifacts.ReadHoldOut(ingest);
        var models = work.InputFiles(StageNames.Train).Select(file => TrainedModels.Load(new ArtifactReader(file))).ToArray();
        var report = new EvaluateStage(options).Run(
            new EvaluateInputs(holdOut, [.. models.Select(m => new EvaluatedModel(m.Algorithm, m.ScorerFor(holdOut.Train, work.Context)))], new ExactRetriever())
            {
                Embeddings = models[0].ItemEmbeddings,
                Catalog = IngestArtifacts.ReadCatalog(ingest),
            },
            work.Context);
        EvaluationFile.Write(work.Output(EvaluationFile.Name), report);
        var last = published.Current is { } current ? published.Find(current)?.Metrics : null;
        work.Check(ModelGate.Check(report, options, last));
        return Task.CompletedTask;
    }
}
