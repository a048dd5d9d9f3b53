namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>The user's own mix and, within it, distance: the mean of <see cref="Calibration"/> and <see cref="MaximalMarginalRelevance"/>.</summary>
internal static class CalibratedRelevance
{
    public const string Name = "calibrated-mmr";

    public static readonly DiversifierDefinition Definition = new(
        Name, of => new GreedyDiversifier(of.UserLambda, new Calibration(of.Mixes), new MaximalMarginalRelevance(of.Embeddings, of.Window)))
    {
        Needs = DiversifierNeeds.Distances | DiversifierNeeds.Categories,
    };
}
