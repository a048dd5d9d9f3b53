using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Spectral;

/// <summary>
/// A linear item-item model of low rank: the score of item j for the history x is <c>(sum_h x_h in_h) . out_j</c>. Items may be of classes that have factors
/// <c>in</c> of their own.
/// </summary>
internal sealed class SpectralModel : IHistoryDecayed
{
    private readonly HistoryWeighting _weighting;
    private readonly FactorMatrix[] _inward;
    private readonly byte[]? _classes;

    internal SpectralModel(FactorMatrix inward, FactorMatrix outward, HistoryWeighting weighting)
        : this([inward], outward, null, weighting)
    {
    }

    /// <param name="inward">By class of the item that is scored.</param>
    /// <param name="classes">By item; null: all are of the first.</param>
    internal SpectralModel(FactorMatrix[] inward, FactorMatrix outward, byte[]? classes, HistoryWeighting weighting) =>
        (_inward, Outward, _classes, _weighting) = (inward, outward, classes, weighting);

    public string Algorithm => SpectralTrainer.Name;

    public int Items => Outward.Rows;

    /// <summary>What an item in a history adds to its user's factors for items of the first class.</summary>
    public FactorMatrix Inward => _inward[0];

    /// <summary>Factors of an item that is scored.</summary>
    public FactorMatrix Outward { get; }

    /// <summary>Items at unit length in the filtered space; made again at each call.</summary>
    public EmbeddingTable? ItemEmbeddings => EmbeddingTable.Normalize(new FactorMatrix(Items, Inward.Rank, (float[])Inward.Values.Clone()));

    public double HistoryDecay => _weighting.Decay;

    public ITrainedModel WithHistoryDecay(double decay) => new SpectralModel(_inward, Outward, _classes, _weighting with { Decay = decay });

    /// <summary>Users' factors are made when they are asked for: users x rank of them would be the largest table of a night.</summary>
    public IBlockScorer ScorerFor(InteractionMatrix history, StageContext context)
    {
        HistoryShape.Check(history, Items);
        var weights = _weighting.Of(history);
        return new SpectralScorer(new InnerProducts([.. _inward.Select(i => new HistoryRows(weights, i))], Outward, _classes), _inward, weights);
    }

    public void Save(ArtifactWriter to, string name)
    {
        to.WriteJson(name + ".weighting", _weighting).Write(name + ".outward", Outward).WriteJson(name + ".inward", _inward.Length);
        for (int of = 0; of < _inward.Length; of++) to.Write($"{name}.inward.{of}", _inward[of]);
        if (_classes is not null) to.Write(name + ".classes", _classes);
    }

    public static SpectralModel Load(ArtifactReader from, string name) => new(
        [.. Enumerable.Range(0, from.ReadJson<int>(name + ".inward")).Select(of => from.ReadFactors($"{name}.inward.{of}"))],
        from.ReadFactors(name + ".outward"),
        from.Has(name + ".classes") ? from.Read<byte>(name + ".classes") : null,
        from.ReadJson<HistoryWeighting>(name + ".weighting"));
}
