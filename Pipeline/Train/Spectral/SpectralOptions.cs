using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Auto;
using Recsys.Batch.Pipeline.Train.Tune;

namespace Recsys.Batch.Pipeline.Train.Spectral;

/// <summary>The gain of a low-pass filter by eigenvalue l = s^2 of the normalized item-item matrix.</summary>
internal enum SpectralFilter
{
    /// <summary>1 for the leading <see cref="SpectralOptions.Rank"/> directions (Shen et al. 2021, GF-CF).</summary>
    Ideal = 0,

    /// <summary>l / (l + <see cref="SpectralOptions.Ridge"/>): what a ridge regression of the histories on themselves keeps of a direction.</summary>
    Ridge = 1,
}

/// <summary>
/// A low-pass filter of histories on the item graph: with R = D_u^-1/2 A D_i^-1/2 = U diag(s) V^T, scores are <c>x D_i^-p V g(s^2) V^T D_i^q</c>.
/// A factor model whose users are linear in their histories, so any history is folded in as it is.
/// </summary>
internal sealed class SpectralOptions : ITrainerOptions
{
    /// <summary>
    /// Directions kept, 1 to 4,096: time and memory grow with it. Time of the decomposition: about 30 s for 1,024 of a 41,000-item catalog on 2 cores.
    /// </summary>
    public int Rank { get; set; } = 256;

    public SpectralFilter Filter { get; set; } = SpectralFilter.Ridge;

    /// <summary>The ridge of <see cref="SpectralFilter.Ridge"/>, above 0; eigenvalues lie between 0 and 1.</summary>
    public double Ridge { get; set; } = 0.3;

    /// <summary>p: how much a popular item of the history counts less, 0 to 2.</summary>
    public double HistoryExponent { get; set; } = 0.5;

    /// <summary>q: how much a popular item is scored higher, 0 to 2; 1/2 undoes the normalization.</summary>
    public double ItemExponent { get; set; } = 0.5;

    /// <summary>Products with the matrix and its transpose that find the directions, 1 to 50.</summary>
    public int Iterations { get; set; } = 4;

    /// <summary>Directions carried along beyond <see cref="Rank"/>, 0 to 1,024; more of them need fewer iterations.</summary>
    public int Oversampling { get; set; } = 64;

    /// <summary>Weight of a history item for each later visit of its user, above 0, at most 1; 1 weighs all alike. Needs a log with times.</summary>
    public double HistoryDecay { get; set; } = 1;

    TrainerDefinition ITrainerOptions.Definition => new(SpectralTrainer.Name, () => new SpectralTrainer(this), SpectralModel.Load)
    {
        SearchSpace = new Dictionary<string, TuneRange>(StringComparer.Ordinal)
        {
            [nameof(Rank)] = TuneRange.OneOf("64", "256", "512", "1024"),
            [nameof(Ridge)] = TuneRange.Ratio(0.03, 1),
            [nameof(HistoryExponent)] = TuneRange.Between(0, 0.75),
            [nameof(ItemExponent)] = TuneRange.Between(0.25, 0.75),
        },
        Race = new RaceEntry(size =>
        {
            double columns = Math.Min(Rank + Oversampling, size.Items);
            return (Iterations + 1) * (4e-10 * size.Pairs * columns + 5e-11 * (size.Users + size.Items) * columns * columns);
        })
        {
            Capacity = [nameof(Rank)],
            Steps = new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                [nameof(Rank)] = ["16", "32", "64", "128", "256", "512"],
                [nameof(Ridge)] = ["0.03", "0.1", "0.3", "1"],
                [nameof(HistoryExponent)] = ["0", "0.25", "0.5", "0.75"],
                [nameof(ItemExponent)] = ["0.25", "0.5", "0.75"],
            },
        },
    };

    public void Validate(OptionsCheck check) => check
        .InRange(Rank, 1, 4096)
        .Require(Enum.IsDefined(Filter), Filter, string.Join(", ", Enum.GetNames<SpectralFilter>()))
        .Require(Ridge > 0 && double.IsFinite(Ridge), Ridge, "a number above 0")
        .InRange(HistoryExponent, 0, 2)
        .InRange(ItemExponent, 0, 2)
        .InRange(Iterations, 1, 50)
        .InRange(Oversampling, 0, 1024)
        .Require(HistoryDecay is > 0 and <= 1, HistoryDecay, "a number above 0, at most 1");
}
