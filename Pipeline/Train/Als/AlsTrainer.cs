using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Als;

/// <summary>Implicit ALS: alternates between users and items, each side solved with the other fixed (<see cref="AlsOptions"/> states the objective).</summary>
public sealed class AlsTrainer(AlsOptions options) : ITrainer
{
    public const string Name = "ials";

    // Rounding of a converged objective; a real rise is divergence.
    private const double RiseAllowed = 1.01;

    public string Algorithm => Name;

    public AlsOptions Options { get; } = options;

    public ITrainedModel Train(InteractionMatrix interactions, StageContext context)
    {
        var run = new AlsRun(interactions, Options, context);
        context.Progress.Metric("train.ials.objective.0", run.Objective());
        double last = double.PositiveInfinity;
        for (int iteration = 1; iteration <= Options.Iterations; iteration++)
        {
            run.Iterate();
            context.Progress.Step("ials", iteration, Options.Iterations, "iterations");
            if (iteration % Options.ObjectiveEvery != 0 && iteration != Options.Iterations) continue;
            double now = run.Objective();
            context.Progress.Metric(string.Create(CultureInfo.InvariantCulture, $"train.ials.objective.{iteration}"), now);
            Guard(iteration, last, now);
            if (Options.Tolerance > 0 && last - now < Options.Tolerance * now)
            {
                context.Progress.Note(string.Create(
                    CultureInfo.InvariantCulture, $"ials: stopped after {iteration} of {Options.Iterations} iterations: the objective fell by less than {Options.Tolerance:G3} of itself"));
                break;
            }
            last = now;
        }
        return new AlsModel(new FactorModel(run.Users, run.Items), Options, HistoryFingerprint.Of(interactions.ByUser));
    }

    private static void Guard(int iteration, double last, double now)
    {
        if (double.IsFinite(now) && now <= last * RiseAllowed) return;
        throw new RunFailedException(string.Create(
            CultureInfo.InvariantCulture,
            $"ALS diverged in iteration {iteration}: the objective went from {last:G6} to {now:G6}, expected to fall; raise Train:Als:Regularization, lower ConfidenceScale, or take Solver Cholesky"));
    }
}

/// <summary>The state of a training run; benchmarks and tests step it by hand.</summary>
internal sealed class AlsRun
{
    private readonly AlsOptions _options;
    private readonly StageContext _context;
    private readonly AlsHalfStep _userStep;
    private readonly AlsHalfStep _itemStep;
    private readonly IAlsSolver _solver;
    private AlsGram _userGram;
    private AlsGram _itemGram;

    public AlsRun(InteractionMatrix interactions, AlsOptions options, StageContext context)
    {
        _options = options;
        _context = context;
        var weights = ConfidenceWeights.Of(interactions.ByUser, options);
        _userStep = new AlsHalfStep(weights, options);
        _itemStep = new AlsHalfStep(weights.Transpose(), options);
        _solver = SolverOf(options);
        Users = Initial(interactions.Users, "ials users");
        Items = Initial(interactions.Items, "ials items");
        _userGram = GramOf(Users);
        _itemGram = GramOf(Items);
    }

    public FactorMatrix Users { get; }

    public FactorMatrix Items { get; }

    public void Iterate()
    {
        _userStep.Solve(_solver, Items, _itemGram, Users, _context);
        _userGram = GramOf(Users);
        _itemStep.Solve(_solver, Users, _userGram, Items, _context);
        _itemGram = GramOf(Items);
    }

    public double Objective() => AlsObjective.Of(_userStep, _itemStep, Users, Items, _userGram, _itemGram, _options, _context);

    private AlsGram GramOf(FactorMatrix factors) => AlsGram.Of(factors, _options.UnobservedWeight, _context);

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
