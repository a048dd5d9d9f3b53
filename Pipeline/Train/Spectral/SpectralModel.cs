using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Spectral;

/// <summary>A linear item-item model of low rank: the score of item j for the history x is <c>(sum_h x_h in_h) . out_j</c>.</summary>
internal sealed class SpectralModel : IHistoryDecayed
{
    private readonly HistoryWeighting _weighting;

    internal SpectralModel(FactorMatrix inward, FactorMatrix outward, HistoryWeighting weighting)
    {
        Inward = inward;
        Outward = outward;
        _weighting = weighting;
    }

    public string Algorithm => SpectralTrainer.Name;

    public int Items => Outward.Rows;

    /// <summary>What an item in a history adds to its user's factors.</summary>
    public FactorMatrix Inward { get; }

    /// <summary>Factors of an item that is scored.</summary>
    public FactorMatrix Outward { get; }

    /// <summary>Items at unit length in the filtered space; made again at each call.</summary>
    public EmbeddingTable? ItemEmbeddings => EmbeddingTable.Normalize(new FactorMatrix(Items, Inward.Rank, (float[])Inward.Values.Clone()));

    public double HistoryDecay => _weighting.Decay;

    public ITrainedModel WithHistoryDecay(double decay) => new SpectralModel(Inward, Outward, _weighting with { Decay = decay });

    public IBlockScorer ScorerFor(InteractionMatrix history, StageContext context)
    {
        HistoryShape.Check(history, Items);
        var weights = _weighting.Of(history);
        var users = new FactorMatrix(history.Users, Inward.Rank);
        SparseProduct.Multiply(weights, Inward, users, context);
        return new SpectralScorer(new FactorModel(users, Outward), Inward, weights);
    }

    public void Save(ArtifactWriter to, string name) => to
        .WriteJson(name + ".weighting", _weighting)
        .Write(name + ".inward", Inward)
        .Write(name + ".outward", Outward);

    public static SpectralModel Load(ArtifactReader from, string name) => new(
        from.ReadFactors(name + ".inward"), from.ReadFactors(name + ".outward"), from.ReadJson<HistoryWeighting>(name + ".weighting"));
}

/// <summary>Inner products; what history item h adds to a score is <c>x_h in_h . out_j</c>.</summary>
internal sealed class SpectralScorer(FactorModel model, FactorMatrix inward, SparseRows weights) : FactorScorer(model), IContributionScorer
{
    public void Contributions(int user, int item, ReadOnlySpan<int> history, Span<float> contributions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(contributions.Length, history.Length);
        var row = weights.RowIndices(user);
        var values = weights.RowValues(user);
        var target = Model.Items.PaddedRow(item);
        for (int h = 0; h < history.Length; h++)
        {
            int at = row.BinarySearch(history[h]);
            contributions[h] = at < 0 ? 0 : values[at] * VectorMath.Dot(inward.PaddedRow(history[h]), target);
        }
    }
}
