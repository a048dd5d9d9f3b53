using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Disliked;

/// <summary>
/// A model whose scores of a user are less, by a weight, what it says of a history of the items that the user does not want. Where the model is a factor model,
/// so is the difference. Nothing is trained for it, so deltas fold in what was sent back in the last hour.
/// </summary>
internal sealed class DislikedModel(ITrainedModel model, float weight) : ITrainedModel, IDisposable
{
    public string Algorithm => DislikedTrainer.Name;

    public int Items => Model.Items;

    /// <summary>What scores both histories.</summary>
    public ITrainedModel Model { get; } = model;

    public float Weight => weight;

    public EmbeddingTable? ItemEmbeddings => Model.ItemEmbeddings;

    public IBlockScorer ScorerFor(InteractionMatrix history, StageContext context)
    {
        var wanted = Model.ScorerFor(history, context);
        return Unwanted(history) is { } unwanted ? DislikedScorer.Of(wanted, Model.ScorerFor(unwanted, context), unwanted.ByUser, weight) : wanted;
    }

    /// <summary>The disliked items as a history; null where there are none.</summary>
    public static InteractionMatrix? Unwanted(InteractionMatrix history)
    {
        if (history.Disliked is not { Count: > 0 } disliked) return null;
        // When something was found wanting does not matter, but a model may weigh histories by their age.
        uint[]? seen = null;
        if (history.LastSeen is { } times)
        {
            seen = new uint[disliked.Count];
            Array.Fill(seen, times.Length > 0 ? times.Max() : 0u);
        }
        // A model of ratings knows the low ones already: it says the same of both, so nothing is taken away twice.
        return history.With(disliked, seen, ratings: history.Ratings);
    }

    public void Save(ArtifactWriter to, string name)
    {
        TrainedModels.Save(Model, to, name + ".model");
        to.Write(name + ".weight", new[] { weight });
    }

    public static DislikedModel Load(ArtifactReader from, string name) =>
        new(TrainedModels.Load(from, name + ".model"), from.Read<float>(name + ".weight")[0]);

    public void Dispose() => (Model as IDisposable)?.Dispose();
}
