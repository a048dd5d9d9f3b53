using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>
/// Section <c>Diversify:Auto</c>: how <c>Diversify:Method=auto</c> chooses. Every method is tried at every lambda on the validation window, by the model as it
/// was before that window, and of those that cost no more than <see cref="MaxLoss"/> the most diverse serves.
/// </summary>
internal sealed class AutoDiversityOptions : IStageOptions
{
    /// <summary>What <c>Diversify:Method</c> says.</summary>
    public const string Name = "auto";

    /// <summary>Share of the plain order's NDCG on new pairs that diversity may cost, the standard error included, 0 to 1.</summary>
    public double MaxLoss { get; set; } = 0.02;

    /// <summary>Methods that are tried, by name; empty takes all that the night can do.</summary>
    public string[] Methods { get; set; } = [];

    /// <summary>Weights of diversity that are tried with every method, 1 to 50 of them, 0 to 1 each.</summary>
    public double[] Lambdas { get; set; } = [0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1];

    /// <summary>Length of the lists that are measured, 1 to 1,000.</summary>
    public int Cutoff { get; set; } = 10;

    /// <summary>Users of the window who are measured at most, evenly spaced, 1 up.</summary>
    public int MaxUsers { get; set; } = 2_000;

    /// <summary>Least users with something new to them in the window, 0 up. With fewer nothing is chosen, and lists are made by <c>mmr</c> at 0.2.</summary>
    public int MinUsers { get; set; } = 50;

    public void Validate(OptionsCheck check) => check
        .InRange(MaxLoss, 0, 1)
        .Require(
            Methods.All(m => DiversifierCatalog.Names.Contains(m.ToLowerInvariant())), string.Join(", ", Methods), string.Join(", ", DiversifierCatalog.Names),
            nameof(Methods))
        .Require(
            Lambdas is { Length: > 0 and <= 50 } && Lambdas.All(l => l is >= 0 and <= 1),
            Lambdas is null ? null : string.Join(", ", Lambdas), "1 to 50 numbers from 0 to 1", nameof(Lambdas))
        .InRange(Cutoff, 1, 1_000)
        .InRange(MaxUsers, 1, int.MaxValue)
        .InRange(MinUsers, 0, int.MaxValue);

    /// <summary>The grid: plain relevance first, then every method that <paramref name="works"/> with ascending lambda.</summary>
    internal IReadOnlyList<DiversitySetting> Settings(Func<string, bool> works) =>
    [
        DiversitySetting.Plain,
        .. (Methods.Length > 0 ? Methods.Select(DiversifierCatalog.Known) : DiversifierCatalog.Names).Where(works).Distinct().Order(StringComparer.Ordinal)
            .SelectMany(m => Lambdas.Where(l => l > 0).Distinct().Order().Select(l => new DiversitySetting(m, l))),
    ];
}
