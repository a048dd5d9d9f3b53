using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Auto;
using Recsys.Batch.Pipeline.Train.Tune;

namespace Recsys.Batch.Pipeline.Train.Als;

/// <summary>How the system of one user or item is solved.</summary>
public enum AlsSolverKind
{
    /// <summary><see cref="Cholesky"/> up to rank 32, <see cref="ConjugateGradient"/> above.</summary>
    Auto = 0,

    /// <summary>Exactly: K^2 a pair and K^3 / 3 a row.</summary>
    Cholesky = 1,

    /// <summary>A few conjugate gradient steps from the last iteration's factors: K a pair and K^2 a row each (Takacs et al. 2011).</summary>
    ConjugateGradient = 2,

    /// <summary>iALS++: exact Newton steps on blocks of dimensions in turn (Rendle et al. 2021, "iALS++").</summary>
    Subspace = 3,
}

/// <summary>Where ALS starts.</summary>
public enum AlsStart
{
    /// <summary>Small random factors.</summary>
    Random = 0,

    /// <summary>The leading singular directions of the normalized interactions: a few iterations reach what ten and more do from random factors.</summary>
    Spectral = 1,
}

/// <summary>How an interaction's value becomes the confidence w of its pair.</summary>
public enum ConfidenceKind
{
    /// <summary>w = ConfidenceScale for every pair.</summary>
    Uniform = 0,

    /// <summary>w = ConfidenceScale * value.</summary>
    Linear = 1,

    /// <summary>w = ConfidenceScale * ln(1 + value).</summary>
    Log = 2,

    /// <summary>
    /// <see cref="Linear"/> where the configuration states weights of events (<c>Ingest:KindWeights</c>, <c>Ingest:HalfLifeDays</c>), else
    /// <see cref="Uniform"/>.
    /// </summary>
    Auto = 3,
}

/// <summary>
/// Implicit ALS as in Hu, Koren and Volinsky 2008 and Rendle et al. 2021, "Revisiting the Performance of iALS": minimizes
/// <c>sum_S w (1 - s)^2 + alpha0 * sum_all s^2 + sum_u lambda_u |x_u|^2 + sum_i lambda_i |y_i|^2</c> with
/// <c>lambda_u = lambda (|I_u| + alpha0 |I|)^nu</c>, and likewise for items.
/// </summary>
public sealed class AlsOptions : ITrainerOptions
{
    /// <summary>Factors K, 1 to 4,096. Quality rises with it, time with K to K^2 a row.</summary>
    public int Rank { get; set; } = 128;

    /// <summary>Passes over users and items, 1 to 1,000.</summary>
    public int Iterations { get; set; } = 16;

    /// <summary>alpha0: weight of a pair without interaction, beside 1 of one with; 0 to 1,000.</summary>
    public double UnobservedWeight { get; set; } = 0.1;

    /// <summary>lambda, above 0.</summary>
    public double Regularization { get; set; } = 0.003;

    /// <summary>nu, 0 (the same for all) to 1 (in proportion to frequency).</summary>
    public double RegularizationExponent { get; set; } = 1;

    /// <summary>Where the factors start.</summary>
    public AlsStart Start { get; set; }

    /// <summary>Of <see cref="AlsStart.Random"/>: initial factors are normal with deviation InitScale / sqrt(K); above 0.</summary>
    public double InitScale { get; set; } = 0.1;

    public ConfidenceKind Confidence { get; set; } = ConfidenceKind.Auto;

    /// <summary>Factor of every confidence, above 0.</summary>
    public double ConfidenceScale { get; set; } = 1;

    public AlsSolverKind Solver { get; set; } = AlsSolverKind.Auto;

    /// <summary>Steps a row and half-iteration of the conjugate gradient, 1 to 100.</summary>
    public int ConjugateGradientSteps { get; set; } = 3;

    /// <summary>Dimensions of one step of the subspace solver: a multiple of 16, up to 256.</summary>
    public int SubspaceBlock { get; set; } = 64;

    /// <summary>Stops once an iteration lowers the objective by less than this share of it, 0 to 1; 0 runs all iterations.</summary>
    public double Tolerance { get; set; }

    /// <summary>
    /// Iterations between two evaluations of the objective (the last is always evaluated), 1 to 1,000. One costs a quarter of an iteration.
    /// </summary>
    public int ObjectiveEvery { get; set; } = 4;

    TrainerDefinition ITrainerOptions.Definition => new(AlsTrainer.Name, () => new AlsTrainer(this), AlsModel.Load)
    {
        SearchSpace = new Dictionary<string, TuneRange>(StringComparer.Ordinal)
        {
            [nameof(Regularization)] = TuneRange.Ratio(3e-4, 0.1),
            [nameof(UnobservedWeight)] = TuneRange.Ratio(0.01, 1),
            [nameof(RegularizationExponent)] = TuneRange.Between(0, 1),
            [nameof(Rank)] = TuneRange.OneOf("64", "128", "256"),
        },
        Race = new RaceEntry(Seconds)
        {
            Starts =
            [
                new Dictionary<string, string>(StringComparer.Ordinal) { [nameof(UnobservedWeight)] = "0.01" },
                new Dictionary<string, string>(StringComparer.Ordinal) { [nameof(UnobservedWeight)] = "0.3", [nameof(Regularization)] = "0.03" },
            ],
            Capacity = [nameof(Rank)],
            Steps = new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                [nameof(UnobservedWeight)] = ["0.003", "0.01", "0.03", "0.1", "0.3", "1", "3"],
                [nameof(Regularization)] = ["0.0003", "0.001", "0.003", "0.01", "0.03", "0.1"],
                [nameof(Rank)] = ["32", "64", "128", "256", "512"],
            },
        },
    };

    public void Validate(OptionsCheck check) => check
        .InRange(Rank, 1, 4096)
        .InRange(Iterations, 1, 1000)
        .InRange(UnobservedWeight, 0, 1000)
        .Require(Regularization > 0 && double.IsFinite(Regularization), Regularization, "a number above 0")
        .InRange(RegularizationExponent, 0, 1)
        .Require(Enum.IsDefined(Start), Start, string.Join(", ", Enum.GetNames<AlsStart>()))
        .Require(InitScale > 0 && double.IsFinite(InitScale), InitScale, "a number above 0")
        .Require(Enum.IsDefined(Confidence), Confidence, string.Join(", ", Enum.GetNames<ConfidenceKind>()))
        .Require(ConfidenceScale > 0 && double.IsFinite(ConfidenceScale), ConfidenceScale, "a number above 0")
        .Require(Enum.IsDefined(Solver), Solver, string.Join(", ", Enum.GetNames<AlsSolverKind>()))
        .InRange(ConjugateGradientSteps, 1, 100)
        .Require(SubspaceBlock is >= 16 and <= 256 && SubspaceBlock % 16 == 0, SubspaceBlock, "a multiple of 16 from 16 to 256")
        .InRange(Tolerance, 0, 1)
        .InRange(ObjectiveEvery, 1, 1000);

    /// <summary>These options for a training on <paramref name="interactions"/>, with <see cref="Confidence"/> decided.</summary>
    internal AlsOptions For(InteractionMatrix interactions)
    {
        if (Confidence != ConfidenceKind.Auto) return this;
        var decided = (AlsOptions)MemberwiseClone();
        decided.Confidence = interactions.IsWeighted ? ConfidenceKind.Linear : ConfidenceKind.Uniform;
        return decided;
    }

    /// <summary>Fitted on Gowalla at ranks 64 to 256: a pair's products and a row's steps with the gramian.</summary>
    private double Seconds(TrainingSize size) =>
        Iterations * (1.3e-9 * size.Pairs * Rank + 7.7e-11 * (size.Users + size.Items) * Rank * Rank);

    internal AlsSolverKind SolverFor(int rank) =>
        Solver != AlsSolverKind.Auto ? Solver : rank <= 32 ? AlsSolverKind.Cholesky : AlsSolverKind.ConjugateGradient;

    internal float ConfidenceOf(float value) => (float)(ConfidenceScale * Confidence switch
    {
        ConfidenceKind.Linear => value,
        ConfidenceKind.Log => Math.Log(1 + value),
        _ => 1,
    });

    internal float RegularizationOf(int length, int others) =>
        (float)(Regularization * Math.Pow(length + UnobservedWeight * others, RegularizationExponent));
}
