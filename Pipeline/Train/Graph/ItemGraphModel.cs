using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Linear;

namespace Recsys.Batch.Pipeline.Train.Graph;

/// <summary>A sparse linear item-item model: the score of item j for the history x is <c>sum_h x_h S_hj</c>. Any history is folded in as it is.</summary>
internal sealed class ItemGraphModel : IHistoryDecayed
{
    private readonly HistoryWeighting _weighting;

    internal ItemGraphModel(string algorithm, SparseRows edges, HistoryWeighting weighting)
    {
        Algorithm = algorithm;
        Edges = edges;
        _weighting = weighting;
    }

    public string Algorithm { get; }

    public int Items => Edges.Columns;

    /// <summary>S, items x items; row h holds what h in a history adds.</summary>
    public SparseRows Edges { get; }

    public EmbeddingTable? ItemEmbeddings => null;

    public double HistoryDecay => _weighting.Decay;

    public ITrainedModel WithHistoryDecay(double decay) => new ItemGraphModel(Algorithm, Edges, _weighting with { Decay = decay });

    public IBlockScorer ScorerFor(InteractionMatrix history, StageContext context)
    {
        HistoryShape.Check(history, Items);
        return new LinearScorer(_weighting.Of(history), new SparseItemWeights(Edges), useValues: true);
    }

    public void Save(ArtifactWriter to, string name) => to
        .WriteJson(name + ".options", new Kept(Algorithm, _weighting))
        .Write(name + ".edges", Edges);

    public static ItemGraphModel Load(ArtifactReader from, string name)
    {
        var kept = from.ReadJson<Kept>(name + ".options");
        return new ItemGraphModel(kept.Algorithm, from.ReadSparseRows(name + ".edges"), kept.Weighting);
    }

    private sealed record Kept(string Algorithm, HistoryWeighting Weighting);
}
