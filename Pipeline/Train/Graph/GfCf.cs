using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Ensemble;
using Recsys.Batch.Pipeline.Train.Spectral;

namespace Recsys.Batch.Pipeline.Train.Graph;

/// <summary>
/// GF-CF as published (Shen et al. 2021, "How Powerful is Graph Convolution for Recommendation?"): <c>x (R^T R + alpha D_i^-1/2 V V^T D_i^1/2)</c> with R =
/// D_u^-1/2 A D_i^-1/2 and V its leading right singular vectors. A reference whose figures on public splits are known.
/// </summary>
internal sealed class GfCfOptions : ITrainerOptions
{
    /// <summary>alpha: weight of the ideal low-pass filter, 0 to 10.</summary>
    public double Alpha { get; set; } = 0.3;

    /// <summary>Singular vectors of the ideal low-pass filter, 1 to 4,096.</summary>
    public int Rank { get; set; } = 256;

    TrainerDefinition ITrainerOptions.Definition => new(GfCf.Name, () => GfCf.Trainer(this), EnsembleModel.Load);

    public void Validate(OptionsCheck check) => check.InRange(Alpha, 0, 10).InRange(Rank, 1, 4096);
}

/// <summary>GF-CF put together from the two filters it is made of.</summary>
internal static class GfCf
{
    public const string Name = "gf-cf";

    // The published figures are of exact singular vectors: a block that has not settled blurs the filter's edge, which is another filter.
    private const int SettledIterations = 25;

    public static ITrainer Trainer(GfCfOptions options) => new EnsembleTrainer(
        new EnsembleOptions
        {
            Normalize = false,
            Members =
            {
                ["linear"] = new()
                {
                    Algorithm = GraphFilterTrainer.Name,
                    GraphFilter = new() { HistoryExponent = 0.5, UserExponent = 1, ItemExponent = 0.5 },
                },
                ["low-pass"] = new()
                {
                    Algorithm = SpectralTrainer.Name,
                    Weight = options.Alpha,
                    Spectral =
                        new() { Rank = options.Rank, Iterations = SettledIterations, Filter = SpectralFilter.Ideal, HistoryExponent = 0.5, ItemExponent = 0.5 },
                },
            },
        },
        Name);
}
