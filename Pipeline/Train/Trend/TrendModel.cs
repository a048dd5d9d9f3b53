using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Trend;

/// <summary>A model whose scores are multiplied by a factor an item. Where the model is a factor model, so is the product.</summary>
internal sealed class TrendModel(ITrainedModel model, float[] factors) : ITrainedModel, IDisposable
{
    public string Algorithm => TrendTrainer.Name;

    public int Items => Model.Items;

    /// <summary>What is multiplied.</summary>
    public ITrainedModel Model { get; } = model;

    /// <summary>By item.</summary>
    public ReadOnlySpan<float> Factors => factors;

    public EmbeddingTable? ItemEmbeddings => Model.ItemEmbeddings;

    public IBlockScorer ScorerFor(InteractionMatrix history, StageContext context) => TrendScorer.Of(Model.ScorerFor(history, context), factors);

    public void Save(ArtifactWriter to, string name)
    {
        TrainedModels.Save(Model, to, name + ".model");
        to.Write(name + ".factors", factors);
    }

    public static TrendModel Load(ArtifactReader from, string name) =>
        new(TrainedModels.Load(from, name + ".model"), from.Read<float>(name + ".factors"));

    public void Dispose() => (Model as IDisposable)?.Dispose();
}
