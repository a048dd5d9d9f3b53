using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Als;

/// <summary>Factors of users and items, with what is needed to fold in rows that came after training.</summary>
internal sealed class AlsModel : ITrainedModel
{
    private readonly byte[] _trainedOn;
    private AlsGram? _itemGram;

    /// <param name="algorithm">Who trained it: it decides nothing but the name.</param>
    internal AlsModel(FactorModel factors, AlsOptions options, byte[] trainedOn, string algorithm = AlsTrainer.Name)
    {
        Algorithm = algorithm;
        Factors = factors;
        Options = options;
        _trainedOn = trainedOn;
    }

    public string Algorithm { get; }

    public int Items => Factors.Items.Rows;

    public FactorModel Factors { get; }

    public AlsOptions Options { get; }

    /// <summary>Item factors at unit length; made again at each call.</summary>
    public EmbeddingTable ItemEmbeddings => EmbeddingTable.Normalize(new FactorMatrix(Items, Factors.Rank, (float[])Factors.Items.Values.Clone()));

    EmbeddingTable? ITrainedModel.ItemEmbeddings => ItemEmbeddings;

    public IBlockScorer ScorerFor(InteractionMatrix history, StageContext context)
    {
        HistoryShape.Check(history, Items);
        var users = HistoryFingerprint.Of(history.ByUser).AsSpan().SequenceEqual(_trainedOn) ? Factors.Users : FoldIn(history.ByUser, context);
        return new AlsScorer(this, users, ConfidenceWeights.Of(history.ByUser, Options), ItemGram(context));
    }

    /// <summary>Factors of new users (rows of histories over the model's items): each the exact solution with the item factors fixed.</summary>
    public FactorMatrix FoldIn(SparseRows histories, StageContext context) =>
        FoldIn(ConfidenceWeights.Of(histories, Options), Factors.Items, ItemGram(context), context);

    /// <summary>Factors of new items (rows of users who have them) with the user factors fixed.</summary>
    public FactorMatrix FoldInItems(SparseRows userLists, StageContext context) =>
        FoldIn(ConfidenceWeights.Of(userLists, Options), Factors.Users, AlsGram.Of(Factors.Users, Options.UnobservedWeight, context), context);

    public void Save(ArtifactWriter to, string name) => to
        .WriteJson(name + ".options", Options)
        .Write(name + ".users", Factors.Users)
        .Write(name + ".items", Factors.Items)
        .Write(name + ".trainedOn", _trainedOn);

    public static AlsModel Load(ArtifactReader from, string name) => Load(from, name, AlsTrainer.Name);

    internal static AlsModel Load(ArtifactReader from, string name, string algorithm) => new(
        new FactorModel(from.ReadFactors(name + ".users"), from.ReadFactors(name + ".items")),
        from.ReadJson<AlsOptions>(name + ".options"),
        from.Read<byte>(name + ".trainedOn"), algorithm);

    private FactorMatrix FoldIn(SparseRows weights, FactorMatrix others, AlsGram gram, StageContext context)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Columns, others.Rows);
        var factors = new FactorMatrix(weights.Rows, others.Rank);
        new AlsHalfStep(weights, Options).Solve(FoldInSolver(others.Rank), others, gram, factors, context);
        return factors;
    }

    /// <summary>From zero a few steps are not enough, and above this rank an exact solve costs more than many of them.</summary>
    internal static IAlsSolver FoldInSolver(int rank) => rank <= 256 ? new CholeskySolver() : new ConjugateGradientSolver(32);

    private AlsGram ItemGram(StageContext context) => _itemGram ??= AlsGram.Of(Factors.Items, Options.UnobservedWeight, context);
}
