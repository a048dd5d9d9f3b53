using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Tune;

namespace Recsys.Batch.Pipeline.Train.LibMf;

/// <summary>
/// Section <c>Train:MLNetSquare</c>: ML.NET's <c>MatrixFactorizationTrainer</c> with <c>SquareLossRegression</c>, stochastic gradient descent on
/// <c>sum_T ((r - s)^2 + Lambda (|x_u|^2 + |y_i|^2))</c> (Chin et al. 2015, "A learning-rate schedule for stochastic gradient methods to matrix
/// factorization"). T holds the pairs with an interaction and, since what nobody touched says nothing there, <see cref="Negatives"/> pairs without one for each
/// of them, labelled 0. One thread, for only that repeats itself.
/// </summary>
internal sealed class SquareOptions : ITrainerOptions
{
    /// <summary>Factors K, 1 to 1,024.</summary>
    public int Rank { get; set; } = 64;

    /// <summary>Passes over all labels, 1 to 1,000.</summary>
    public int Iterations { get; set; } = 40;

    /// <summary>Regularization of each label's two rows, above 0.</summary>
    public double Lambda { get; set; } = 0.1;

    /// <summary>First step size of the adaptive schedule, above 0.</summary>
    public double LearningRate { get; set; } = 0.1;

    /// <summary>Whether factors are kept from falling below 0.</summary>
    public bool NonNegative { get; set; }

    /// <summary>
    /// Pairs without interaction drawn, by the run's seed, for each pair of a user with one, 0 to 100. 0 is for ratings, with <see cref="Label"/> Linear.
    /// </summary>
    public int Negatives { get; set; } = 4;

    public LabelKind Label { get; set; } = LabelKind.Uniform;

    TrainerDefinition ITrainerOptions.Definition => new(LibMfAlgorithms.Square, null, LibMfModel.Load)
    {
        SearchSpace = new Dictionary<string, TuneRange>(StringComparer.Ordinal)
        {
            [nameof(Lambda)] = TuneRange.Ratio(0.01, 1),
            [nameof(LearningRate)] = TuneRange.Ratio(0.02, 0.3),
            [nameof(Negatives)] = new() { Min = 1, Max = 20, Log = true, Whole = true },
            [nameof(Rank)] = TuneRange.OneOf("32", "64", "128"),
        },
    };

    public void Validate(OptionsCheck check) => check
        .InRange(Rank, 1, 1024)
        .InRange(Iterations, 1, 1000)
        .Require(Lambda > 0 && float.IsFinite((float)Lambda), Lambda, "a number above 0")
        .Require(LearningRate > 0 && float.IsFinite((float)LearningRate), LearningRate, "a number above 0")
        .InRange(Negatives, 0, 100)
        .Require(Enum.IsDefined(Label), Label, string.Join(", ", Enum.GetNames<LabelKind>()))
        .Require(Negatives > 0 || Label != LabelKind.Uniform, Label, "Linear or Log where Negatives is 0: labels that are all 1 teach nothing");
}
