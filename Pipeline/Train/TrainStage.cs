using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Imported;

namespace Recsys.Batch.Pipeline.Train;

/// <summary>Interactions in, a trained model out.</summary>
internal sealed class TrainStage(TrainOptions options)
{
    /// <summary>Trains the serving algorithm, with the items' texts and other views where <c>Train:Text</c> lets it.</summary>
    /// <param name="content">What is known of the items beside who has them; null where nothing is.</param>
    /// <param name="imported">Factors that were trained elsewhere, for <c>Train:Algorithm=imported</c>.</param>
    /// <exception cref="RunFailedException">No interactions, or training diverged.</exception>
    public ITrainedModel Run(InteractionMatrix interactions, StageContext context, ItemContent? content = null, ImportedFactors? imported = null) =>
        Run(TrainerCatalog.Serving(options, imported), options.Algorithm, interactions, context, content);

    /// <summary>Trains the algorithm of that name alone, for comparison with the serving one.</summary>
    /// <param name="content">For an algorithm that is made of texts; null where nothing is known.</param>
    public ITrainedModel Run(string algorithm, InteractionMatrix interactions, StageContext context, ItemContent? content = null) =>
        Run(TrainerCatalog.Create(algorithm, options), algorithm, interactions, context, content);

    private static ITrainedModel Run(ITrainer trainer, string algorithm, InteractionMatrix interactions, StageContext context, ItemContent? content)
    {
        if (interactions.Count == 0)
        {
            throw new RunFailedException(
                $"train: the matrix of {interactions.Users} users x {interactions.Items} items has no interactions; "
                + $"expected at least one: see the quality report of ingest");
        }
        long start = context.Time.GetTimestamp();
        var model = trainer.Train(interactions, content, context);
        context.Progress.Metric($"train.{algorithm}.seconds", context.Time.GetElapsedTime(start).TotalSeconds);
        return model;
    }
}
