using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>One score an item, 1 for the most popular, or one an item and segment of users.</summary>
/// <param name="scores">For everybody without a segment.</param>
internal sealed class PopularityModel(float[] scores, SegmentScores? segments = null) : ITrainedModel
{
    public string Algorithm => PopularityTrainer.Name;

    public int Items => scores.Length;

    public ReadOnlySpan<float> Scores => scores;

    public EmbeddingTable? ItemEmbeddings => null;

    public IBlockScorer ScorerFor(InteractionMatrix history, StageContext context)
    {
        HistoryShape.Check(history, Items);
        return segments is null ? new PopularityScorer(history.Users, scores) : new SegmentScorer(segments.SegmentsIn(history), scores, segments.Scores);
    }

    public void Save(ArtifactWriter to, string name)
    {
        to.Write(name + ".scores", scores);
        segments?.Save(to, name + ".segments");
    }

    public static PopularityModel Load(ArtifactReader from, string name) =>
        new(from.Read<float>(name + ".scores"), SegmentScores.LoadIfAny(from, name + ".segments"));
}
