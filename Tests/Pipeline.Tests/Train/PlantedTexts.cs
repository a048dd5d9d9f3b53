using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.Tests.Train;

/// <summary>Texts that say which cluster an item is of, beside words of its own.</summary>
internal static class PlantedTexts
{
    private static readonly string[] s_names = ["teapot porcelain", "lantern wooden", "ribbon satin"];

    public static ItemContent Of(int items) =>
        new([.. Enumerable.Range(0, items).Select(i => $"{s_names[PlantedClusters.ClusterOfItem(i)]} model {i % 7} of {i}")], []);
}

/// <summary>A trainer that is given planted texts with every matrix.</summary>
internal sealed class WithTexts(ITrainer trainer) : ITrainer
{
    public string Algorithm => trainer.Algorithm;

    public ITrainedModel Train(InteractionMatrix interactions, StageContext context) =>
        trainer.Train(interactions, PlantedTexts.Of(interactions.Items), context);
}
