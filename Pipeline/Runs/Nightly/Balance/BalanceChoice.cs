using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Balance;

/// <summary>
/// Chooses the most diverse setting whose NDCG is at most <see cref="AutoDiversityOptions.MaxLoss"/> below the order of relevance's, with its standard error
/// taken off first: on few users a small loss may be a large one by chance. What it costs to keep variants and shelves from repeating counts too. Diversity has
/// three sides: distance within a list (<c>ild</c>), the share of the catalog that stands on lists (<c>coverage</c>), and nearness to the user's own mix
/// (<c>calibration_kl</c>, the lower the better). On each side a setting gets its gain over the plain order as a share of the greatest gain or loss that any
/// setting has there, from -1 to 1; its diversity is the mean over the sides that can be measured. So no side counts more for being measured in larger numbers.
/// </summary>
internal static class BalanceChoice
{
    private static readonly (string Name, int Sign)[] s_sides = [("ild", 1), ("coverage", 1), ("calibration_kl", -1)];

    /// <param name="measured">Figures, and NDCG less that of the order of relevance, a setting; the plain order first.</param>
    public static BalanceReport Of(
        IReadOnlyList<(DiversitySetting Setting, IReadOnlyDictionary<string, double> Figures, Interval Change)> measured, AutoDiversityOptions options,
        string window, int users)
    {
        double[] diversity = Diversity([.. measured.Select(m => m.Figures)]);
        var points = measured.Select((m, at) => new BalancePoint(
            m.Setting.Method, m.Setting.Lambda, m.Figures, m.Change, diversity[at])).ToArray();
        // The first of the most diverse: less weight, where two are equal.
        var best = points.Where(p => IsAllowed(p, points[0], options.MaxLoss)).MaxBy(p => p.Diversity) ?? points[0];
        string why = ReferenceEquals(best, points[0])
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"nothing is more diverse than the order of relevance and surely costs at most {options.MaxLoss:0.#%} of its NDCG@{options.Cutoff}")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"the most diverse of {points.Length} settings whose loss of NDCG@{options.Cutoff}, its standard error included, is at most "
                + $"{options.MaxLoss:0.#%}");
        return new BalanceReport(best.Method, best.Lambda, why, window, users, options.Cutoff, options.MaxLoss, points);
    }

    /// <summary>Whether a setting's loss, its standard error included, is within what it may be.</summary>
    public static bool IsAllowed(BalancePoint point, BalanceReport report) => IsAllowed(point, report.Points[0], report.MaxLoss);

    private static bool IsAllowed(BalancePoint point, BalancePoint plain, double loss) =>
        -point.Change.Value + (point.Change.High - point.Change.Low) / (2 * 1.96) <= loss * Relevance(plain);

    /// <summary>NDCG of the order of relevance.</summary>
    public static double Relevance(BalancePoint plain) => plain.Figures["ndcg"] - plain.Change.Value;

    private static double[] Diversity(IReadOnlyDictionary<string, double>[] figures)
    {
        var sums = new double[figures.Length];
        int sides = 0;
        foreach (var (name, sign) in s_sides)
        {
            if (!figures.All(f => f.ContainsKey(name))) continue;
            double[] gains = [.. figures.Select(f => sign * (f[name] - figures[0][name]))];
            double most = gains.Max(Math.Abs);
            if (most == 0) continue;
            sides++;
            for (int at = 0; at < sums.Length; at++) sums[at] += gains[at] / most;
        }
        return [.. sums.Select(s => sides == 0 ? 0 : s / sides)];
    }
}
