using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Auto;
using Recsys.Batch.Pipeline.Train.Tune;

namespace Recsys.Batch.Pipeline.Train.Ratings;

/// <summary>
/// Section <c>Train:AlsRatings</c>: matrix factorization of ratings with biases (Koren, Bell and Volinsky 2009), fitted by alternating least squares over the
/// ratings there are: minimizes
/// <c>sum (r - b_u - b_i - p_u q_i)^2 + lambda (sum_u n_u^nu |p_u|^2 + sum_i n_i^nu |q_i|^2) + beta (sum_u b_u^2 + sum_i b_i^2)</c>
/// with r the ratings less their mean, by their standard deviation, and n the ratings of a user or item; nu = 1 is the weighted regularization of Zhou et al.
/// 2008 (ALS-WR). Needs <c>Ingest:Ratings=Values</c>.
/// </summary>
internal sealed class AlsRatingsOptions : ITrainerOptions
{
    /// <summary>Factors K beside the biases, 0 to 1,024; 0 fits biases alone.</summary>
    public int Rank { get; set; } = 16;

    /// <summary>Passes over users and items, 1 to 1,000.</summary>
    public int Iterations { get; set; } = 15;

    /// <summary>lambda, above 0.</summary>
    public double Regularization { get; set; } = 0.1;

    /// <summary>nu, 0 (the same for all) to 1 (in proportion to the ratings there are).</summary>
    public double RegularizationExponent { get; set; } = 1;

    /// <summary>beta: a bias is drawn to 0 as by so many ratings of the mean; above 0, up to 10,000.</summary>
    public double BiasRegularization { get; set; } = 3;

    /// <summary>Initial factors are normal with deviation InitScale / sqrt(K); above 0.</summary>
    public double InitScale { get; set; } = 0.1;

    TrainerDefinition ITrainerOptions.Definition => new(AlsRatingsTrainer.Name, () => new AlsRatingsTrainer(this), AlsRatingsModel.Load)
    {
        SearchSpace = new Dictionary<string, TuneRange>(StringComparer.Ordinal)
        {
            [nameof(Regularization)] = TuneRange.Ratio(0.02, 0.6),
            [nameof(BiasRegularization)] = TuneRange.Ratio(1, 100),
            [nameof(Rank)] = TuneRange.OneOf("8", "16", "32", "64"),
        },
        Race = new RaceEntry(Seconds)
        {
            NeedsRatings = true,
            Capacity = [nameof(Rank)],
            Steps = new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                [nameof(BiasRegularization)] = ["1", "3", "10", "30", "100"],
                [nameof(Regularization)] = ["0.05", "0.1", "0.15", "0.25", "0.4"],
                [nameof(Rank)] = ["8", "16", "32", "64"],
            },
        },
    };

    public void Validate(OptionsCheck check) => check
        .InRange(Rank, 0, 1024)
        .InRange(Iterations, 1, 1000)
        .Require(Regularization > 0 && double.IsFinite(Regularization), Regularization, "a number above 0")
        .InRange(RegularizationExponent, 0, 1)
        .Require(BiasRegularization is > 0 and <= 10_000, BiasRegularization, "a number above 0, up to 10000")
        .Require(InitScale > 0 && double.IsFinite(InitScale), InitScale, "a number above 0");

    internal float RegularizationOf(int ratings) => (float)(Regularization * Math.Pow(ratings, RegularizationExponent));

    private double Seconds(TrainingSize size)
    {
        double width = Rank + 2;
        return Iterations * (2.5e-10 * size.Pairs * width * width + 2e-10 * (size.Users + size.Items) * width * width * width);
    }
}
