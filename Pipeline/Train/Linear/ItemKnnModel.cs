using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>Each item's nearest items and their similarities.</summary>
internal sealed class ItemKnnModel(SparseRows neighbors) : ITrainedModel
{
    public string Algorithm => ItemKnnTrainer.Name;

    public int Items => neighbors.Rows;

    /// <summary>items x items: row i holds i's neighbors, by ascending item.</summary>
    public SparseRows Neighbors => neighbors;

    public EmbeddingTable? ItemEmbeddings => null;

    public IBlockScorer ScorerFor(InteractionMatrix history, StageContext context)
    {
        HistoryShape.Check(history, Items);
        return new LinearScorer(history.ByUser, new SparseItemWeights(neighbors), useValues: true);
    }

    public void Save(ArtifactWriter to, string name) => to.Write(name + ".neighbors", neighbors);

    public static ItemKnnModel Load(ArtifactReader from, string name) => new(from.ReadSparseRows(name + ".neighbors"));
}
