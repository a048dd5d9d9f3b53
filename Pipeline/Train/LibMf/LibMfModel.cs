using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.LibMf;

/// <summary>Factors as LIBMF gave them, 0 for users and items that it never saw, and the equation that places later users among its items.</summary>
internal sealed class LibMfModel : ITrainedModel
{
    private readonly byte[] _trainedOn;
    private RowSolver? _solver;

    internal LibMfModel(FactorModel factors, FoldInRule rule, byte[] trainedOn)
    {
        Factors = factors;
        Rule = rule;
        _trainedOn = trainedOn;
    }

    public string Algorithm => Rule.Algorithm;

    public int Items => Factors.Items.Rows;

    public FactorModel Factors { get; }

    public FoldInRule Rule { get; }

    /// <summary>Item factors at unit length; made again at each call.</summary>
    public EmbeddingTable? ItemEmbeddings => EmbeddingTable.Normalize(new FactorMatrix(Items, Factors.Rank, (float[])Factors.Items.Values.Clone()));

    public IBlockScorer ScorerFor(InteractionMatrix history, StageContext context)
    {
        HistoryShape.Check(history, Items);
        var users = HistoryFingerprint.Of(history.ByUser).AsSpan().SequenceEqual(_trainedOn) ? Factors.Users : FoldIn(history.ByUser, context);
        return new LibMfScorer(users, Factors.Items, Rule, history.ByUser, Solver(context));
    }

    /// <summary>Factors of new users (rows of histories over the model's items), each the exact solution of <see cref="Rule"/>.</summary>
    public FactorMatrix FoldIn(SparseRows histories, StageContext context)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(histories.Columns, Items);
        return Solver(context).Solve(histories, context);
    }

    public void Save(ArtifactWriter to, string name) => to
        .WriteJson(name + ".rule", Rule)
        .Write(name + ".users", Factors.Users)
        .Write(name + ".items", Factors.Items)
        .Write(name + ".trainedOn", _trainedOn);

    public static LibMfModel Load(ArtifactReader from, string name) => new(
        new FactorModel(from.ReadFactors(name + ".users"), from.ReadFactors(name + ".items")),
        from.ReadJson<FoldInRule>(name + ".rule"),
        from.Read<byte>(name + ".trainedOn"));

    private RowSolver Solver(StageContext context) => _solver ??= new RowSolver(Rule, Factors.Items, context);
}
