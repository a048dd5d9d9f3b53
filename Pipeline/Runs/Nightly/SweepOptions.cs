using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Section <c>Sweep</c>: the settings of <c>Diversify</c> that job <c>sweep</c> lays beside each other. The configured one and plain relevance are always among
/// them.
/// </summary>
internal sealed class SweepOptions : IStageOptions
{
    /// <summary>Weights of diversity, 1 to 50 of them, 0 to 1 each; for every method.</summary>
    public double[] Lambdas { get; set; } = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1];

    /// <summary>Methods by name, as <c>Diversify:Method</c> has them; empty takes all that there are.</summary>
    public string[] Methods { get; set; } = [];

    /// <summary>Users of the hold-out measured at most, evenly spaced, 1 to 10,000,000.</summary>
    public int MaxUsers { get; set; } = 20_000;

    /// <summary>Users whose lists are kept for every point, from short histories to long ones, 0 to 50.</summary>
    public int Samples { get; set; } = 5;

    public void Validate(OptionsCheck check) => check
        .Require(
            Lambdas is { Length: > 0 and <= 50 } && Lambdas.All(l => l is >= 0 and <= 1),
            Lambdas is null ? null : string.Join(", ", Lambdas), "1 to 50 numbers from 0 to 1", nameof(Lambdas))
        .Require(
            Methods.All(m => DiversifierCatalog.Names.Contains(DiversifierCatalog.Known(m))),
            string.Join(", ", Methods), string.Join(", ", DiversifierCatalog.Names), nameof(Methods))
        .InRange(MaxUsers, 1, 10_000_000)
        .InRange(Samples, 0, 50);

    /// <summary>The grid: the configured setting first, then plain relevance, then every method with ascending lambda; none twice.</summary>
    /// <param name="hasCategories">Whether there are any; methods that need them are left out otherwise.</param>
    internal IReadOnlyList<DiversitySetting> Settings(DiversifyOptions configured, bool hasCategories = true)
    {
        var current = configured.Stated!;
        var methods = Methods.Length > 0 ? Methods.Select(DiversifierCatalog.Known) : DiversifierCatalog.Names;
        var used = methods.Where(m => m != DiversifierCatalog.None && (hasCategories || !DiversifierCatalog.NeedsCategories(m)));
        return [.. used.Distinct().Order(StringComparer.Ordinal)
            .SelectMany(m => Lambdas.Where(l => l > 0).Append(m == current.Method ? current.Lambda : 0).Where(l => l > 0).Distinct().Order().Select(
                l => new DiversitySetting(m, l)))
            .Prepend(DiversitySetting.Plain).Prepend(current).Distinct()];
    }
}
