using System.Globalization;
using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Hybrid;

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

    public string CodeVersion => "2";

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
        var serving = stage.Run(before, work.Context, content);
        SaveHeldOut(serving);
        // What text brings is seen beside the same model without it.
        if (serving is HybridModel hybrid) SaveHeldOut(hybrid.Interactions);
        foreach (string algorithm in options.Baselines.Where(b => b != options.Algorithm).Distinct(StringComparer.Ordinal))
        {
            work.Context.Cancellation.ThrowIfCancellationRequested();
            SaveHeldOut(stage.Run(algorithm, before, work.Context, content));
        }
        return Task.CompletedTask;

        // Numbered, so that the serving model comes first in the order of names.
        void SaveHeldOut(ITrainedModel model) => Save(model, work.Output(string.Create(CultureInfo.InvariantCulture, $"{HoldOutFolder}/{number++:D2}-{model.Algorithm}.bin")));
    }

    private static void Save(ITrainedModel model, string path)
    {
        using var to = new ArtifactWriter(path);
        TrainedModels.Save(model, to);
        to.Complete();
    }
}
