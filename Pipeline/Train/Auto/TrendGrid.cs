using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Train.Trend;

namespace Recsys.Batch.Pipeline.Train.Auto;

/// <summary>A trend and the factors that it gives the window's items; <see cref="None"/> multiplies by 1.</summary>
internal sealed record TrendChoice(double HalfLifeDays, double Exponent, float[]? Factors)
{
    public static readonly TrendChoice None = new(0, 0, null);

    public override string ToString() => Factors is null
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $", trend of {HalfLifeDays} days to the power {Exponent}");
}

/// <summary>The trends worth trying: half-lives in proportion to the log's length, so that a shop of a month and one of ten years each find theirs.</summary>
internal static class TrendGrid
{
    private static readonly double[] s_shares = [1.0 / 48, 1.0 / 24, 1.0 / 12, 1.0 / 6, 1.0 / 3];
    private static readonly double[] s_exponents = [0.25, 0.5, 1];

    /// <summary>In days, to two digits; none where the log has no moments.</summary>
    public static double[] HalfLives(InteractionMatrix interactions)
    {
        if (!TrendFactors.Applies(interactions)) return [];
        double span = TrendFactors.SpanDays(interactions);
        return [.. s_shares.Select(s => double.Parse((s * span).ToString("G2", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))
            .Where(d => d is > 0 and <= 36_500).Distinct()];
    }

    /// <summary><see cref="TrendChoice.None"/> first, then the configured one where there is one.</summary>
    public static TrendChoice[] Of(RaceFolds folds, TrendOptions configured) =>
    [
        TrendChoice.None,
        .. configured.IsOn && TrendFactors.Applies(folds.Newest)
            ? [Of(folds, configured.HalfLifeDays, configured.Exponent)]
            : Array.Empty<TrendChoice>(),
        .. HalfLives(folds.Newest).SelectMany(days => s_exponents.Select(g => Of(folds, days, g))),
    ];

    public static TrendChoice Of(RaceFolds folds, double days, double exponent) =>
        new(days, exponent, folds.ByItem(train => TrendFactors.Of(train, days, exponent)));
}
