using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Tune;

namespace Recsys.Batch.Pipeline.Train.LibMf;

/// <summary>
/// Section <c>Train:MLNetOneClass</c>: ML.NET's <c>MatrixFactorizationTrainer</c> with <c>SquareLossOneClass</c>, which minimizes by coordinate descent (Yu,
/// Bilenko and Lin 2017, "Selection of negative samples for one-class matrix factorization") <c>1/2 sum_S (1 - s)^2 + Alpha/2 sum_rest (C - s)^2 + Lambda/2
/// (sum_u |x_u|^2 + sum_i |y_i|^2)</c>, S being the pairs that have an interaction and the rest all others. Values of interactions do not count, nothing is
/// sampled, and there is no learning rate. Where <see cref="AlsOptions.RegularizationExponent"/> is 0 implicit ALS has the same minimum.
/// </summary>
internal sealed class OneClassOptions : ITrainerOptions
{
    /// <summary>Factors K, 1 to 1,024; time grows with K^2.</summary>
    public int Rank { get; set; } = 64;

    /// <summary>Passes over all factors, each with three steps a coordinate, 1 to 1,000.</summary>
    public int Iterations { get; set; } = 20;

    /// <summary>Regularization, above 0; the same for every user and item, however many pairs they have.</summary>
    public double Lambda { get; set; } = 2;

    /// <summary>Weight of a pair without interaction, beside 1 of one with; above 0, below 1.</summary>
    public double Alpha { get; set; } = 0.01;

    /// <summary>What the score of a pair without interaction should be, -1 to below 1.</summary>
    public double C { get; set; }

    /// <summary>
    /// Threads of the native library, 1 to 256. More than 1 is faster, but sums then come in another order and the last bits of factors may differ from those
    /// of one thread: equal nights are byte-equal whatever the machine only with 1.
    /// </summary>
    public int Threads { get; set; } = 1;

    TrainerDefinition ITrainerOptions.Definition => new(LibMfAlgorithms.OneClass, null, LibMfModel.Load)
    {
        SearchSpace = new Dictionary<string, TuneRange>(StringComparer.Ordinal)
        {
            [nameof(Lambda)] = TuneRange.Ratio(0.1, 30),
            [nameof(Alpha)] = TuneRange.Ratio(1e-3, 0.3),
            [nameof(Rank)] = TuneRange.OneOf("32", "64", "128"),
        },
    };

    public void Validate(OptionsCheck check) => check
        .InRange(Rank, 1, 1024)
        .InRange(Iterations, 1, 1000)
        .Require(Lambda > 0 && float.IsFinite((float)Lambda), Lambda, "a number above 0")
        .Require((float)Alpha > 0 && (float)Alpha < 1, Alpha, "a number above 0 and below 1")
        .Require(C is >= -1 and < 1, C, "a number from -1 to below 1")
        .InRange(Threads, 1, 256);
}
