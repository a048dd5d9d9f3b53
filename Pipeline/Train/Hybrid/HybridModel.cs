using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Ensemble;
using Recsys.Batch.Pipeline.Train.Spectral;

namespace Recsys.Batch.Pipeline.Train.Hybrid;

/// <summary>
/// An algorithm's model and, added to its scores, what the items' texts say: a linear item-item model of low rank. Where the algorithm is a factor model, so is
/// the sum.
/// </summary>
internal sealed class HybridModel : ITrainedModel, IDisposable
{
    private readonly FactorMatrix? _space;

    internal HybridModel(ITrainedModel interactions, SpectralModel text, FactorMatrix? space)
    {
        Interactions = interactions;
        Text = text;
        _space = space;
    }

    public string Algorithm => HybridTrainer.Name;

    public int Items => Interactions.Items;

    /// <summary>What was learned from interactions alone.</summary>
    public ITrainedModel Interactions { get; }

    /// <summary>What was learned from texts and other views, in units of <see cref="Interactions"/>' scores.</summary>
    public SpectralModel Text { get; }

    /// <summary>
    /// The space of <see cref="Interactions"/> with items of few events placed by their texts; where it has none, the space of the texts. Made again at each
    /// call.
    /// </summary>
    public EmbeddingTable ItemEmbeddings => Unit(_space ?? Text.Outward);

    EmbeddingTable? ITrainedModel.ItemEmbeddings => ItemEmbeddings;

    public IBlockScorer ScorerFor(InteractionMatrix history, StageContext context)
    {
        var cf = Interactions.ScorerFor(history, context);
        var text = Text.ScorerFor(history, context);
        var ones = new float[history.Users];
        Array.Fill(ones, 1f);
        if (FactorEnsembleScorer.Suits([cf, text])) return new HybridFactorScorer(cf, text, ones);
        (IBlockScorer Scorer, float[] Weights)[] parts = [.. cf is EnsembleScorer ensemble ? ensemble.Parts : [(cf, ones)], (text, ones)];
        return new HybridScorer(parts, new EvidenceSource(cf, text));
    }

    public void Save(ArtifactWriter to, string name)
    {
        TrainedModels.Save(Interactions, to, name + ".interactions");
        TrainedModels.Save(Text, to, name + ".text");
        if (_space is not null) to.Write(name + ".space", _space);
    }

    public static HybridModel Load(ArtifactReader from, string name) => new(
        TrainedModels.Load(from, name + ".interactions"),
        (SpectralModel)TrainedModels.Load(from, name + ".text"),
        from.Has(name + ".space.shape") ? from.ReadFactors(name + ".space") : null);

    public void Dispose() => (Interactions as IDisposable)?.Dispose();

    private static EmbeddingTable Unit(FactorMatrix rows) => EmbeddingTable.Normalize(new FactorMatrix(rows.Rows, rows.Rank, (float[])rows.Values.Clone()));
}
