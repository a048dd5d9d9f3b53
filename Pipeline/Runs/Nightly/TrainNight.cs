using System.Globalization;
using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Train in the night: the serving model on everything, and, on what lies before the hold-out's cut, that model again with the baselines. One model at a
/// time is in memory.
/// </summary>
internal sealed class TrainNight(TrainOptions options) : IRunStage
{
    public const string Serving = "model.bin";
    public const string HoldOutFolder = "holdout";

    public string Name => StageNames.Train;

    public string CodeVersion => "1";

    public IReadOnlyList<StageInput> Inputs =>
    [
        new StageInput(StageNames.Ingest, IngestArtifacts.Interactions, IngestArtifacts.HoldOut),
        new StageInput(StageNames.Embed, EmbedArtifacts.Content),
    ];

    public JsonNode? Options => OptionSections.Of((nameof(NightOptions.Train), options));

    public Task RunAsync(StageWork work)
    {
        string ingest = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Interactions))!;
        var before = IngestArtifacts.ReadHoldOut(ingest).Train;
        if (before.Count == 0)
            throw new RunFailedException("the log is too small to hold anything out: no interaction lies before the test window; expected at least a few pairs of user and item, or look at Ingest:HoldOut");
        var content = EmbedNight.Content(work);
        var stage = new TrainStage(options);
        Save(stage.Run(IngestArtifacts.ReadInteractions(ingest), work.Context, content), work.Output(Serving));
        int number = 0;
        foreach (string algorithm in options.Baselines.Prepend(options.Algorithm).Distinct(StringComparer.Ordinal))
        {
            work.Context.Cancellation.ThrowIfCancellationRequested();
            // Numbered, so that the serving model comes first in the order of names.
            Save(stage.Run(algorithm, before, work.Context, content), work.Output(string.Create(CultureInfo.InvariantCulture, $"{HoldOutFolder}/{number++:D2}-{algorithm}.bin")));
        }
        return Task.CompletedTask;
    }

    private static void Save(ITrainedModel model, string path)
    {
        using var to = new ArtifactWriter(path);
        TrainedModels.Save(model, to);
        to.Complete();
    }
}
