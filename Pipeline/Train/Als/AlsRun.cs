using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Als;

/// <summary>The state of a training run; benchmarks and tests step it by hand.</summary>
internal sealed class AlsRun
{
    private readonly SimdLevel _level;
    private readonly AlsOptions _options;
    private readonly StageContext _context;
    private readonly AlsHalfStep _userStep;
    private readonly AlsHalfStep _itemStep;
    private readonly IAlsSolver _solver;
    private AlsGram _userGram;
    private AlsGram _itemGram;

    public AlsRun(InteractionMatrix interactions, AlsOptions options, StageContext context)
        : this(Simd.Widest, interactions, options, context)
    {
    }

    public AlsRun(SimdLevel level, InteractionMatrix interactions, AlsOptions options, StageContext context)
    {
        _level = level;
        _options = options;
        _context = context;
        var weights = ConfidenceWeights.Of(interactions.ByUser, options);
        _userStep = new AlsHalfStep(weights, options);
        _itemStep = new AlsHalfStep(weights.Transpose(), options);
        _solver = SolverOf(options);
        if (options.Start == AlsStart.Spectral)
        {
            // The first half-step solves the users from nothing.
            Users = new FactorMatrix(interactions.Users, options.Rank);
            Items = SpectralStart.Items(weights, _itemStep.Weights, options.Rank, context);
        }
        else
        {
            Users = Initial(interactions.Users, "ials users");
            Items = Initial(interactions.Items, "ials items");
        }
        _userGram = GramOf(Users);
        _itemGram = GramOf(Items);
    }

    public FactorMatrix Users { get; }

    public FactorMatrix Items { get; }

    public void Iterate()
    {
        _userStep.Solve(_level, _solver, Items, _itemGram, Users, _context);
        _userGram = GramOf(Users);
        _itemStep.Solve(_level, _solver, Users, _userGram, Items, _context);
        _itemGram = GramOf(Items);
    }

    /// <summary>
    /// The users once more, exactly, as <see cref="AlsModel.FoldIn(SparseRows, StageContext)"/> solves them: a user folded in with an unchanged history has
    /// the factors of the night, to the bit.
    /// </summary>
    public void SolveUsers()
    {
        Users.Values.AsSpan().Clear();
        _userStep.Solve(_level, AlsModel.FoldInSolver(Items.Rank), Items, _itemGram, Users, _context);
    }

    public double Objective() => AlsObjective.Of(_level, _userStep, _itemStep, Users, Items, _userGram, _itemGram, _options, _context);

    private AlsGram GramOf(FactorMatrix factors) => AlsGram.Of(_level, factors, _options.UnobservedWeight, _context);

    internal static IAlsSolver SolverOf(AlsOptions options) => options.SolverFor(options.Rank) switch
    {
        AlsSolverKind.Cholesky => new CholeskySolver(),
        AlsSolverKind.Subspace => new SubspaceSolver(options.SubspaceBlock),
        _ => new ConjugateGradientSolver(options.ConjugateGradientSteps),
    };

    private FactorMatrix Initial(int rows, string stream)
    {
        var factors = new FactorMatrix(rows, _options.Rank);
        var random = new SplitMix64(_context.Seed, stream);
        double deviation = _options.InitScale / Math.Sqrt(_options.Rank);
        for (int r = 0; r < rows; r++)
            foreach (ref float x in factors.Row(r)) x = (float)(deviation * random.NextNormal());
        return factors;
    }
}
