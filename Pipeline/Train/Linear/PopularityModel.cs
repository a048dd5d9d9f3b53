using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>One score an item, 1 for the most popular.</summary>
internal sealed class PopularityModel(float[] scores) : ITrainedModel
{
    public string Algorithm => PopularityTrainer.Name;

    public int Items => scores.Length;

    public ReadOnlySpan<float> Scores => scores;

    public EmbeddingTable? ItemEmbeddings => null;

    public IBlockScorer ScorerFor(InteractionMatrix history, StageContext context)
    {
        HistoryShape.Check(history, Items);
        return new PopularityScorer(history.Users, scores);
    }

    public void Save(ArtifactWriter to, string name) => to.Write(name + ".scores", scores);

    public static PopularityModel Load(ArtifactReader from, string name) => new(from.Read<float>(name + ".scores"));
}
