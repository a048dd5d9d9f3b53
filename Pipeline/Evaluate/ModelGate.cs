using System.Globalization;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>Whether the serving model may go on to make lists: gate <c>model</c>.</summary>
internal static class ModelGate
{
    private const string Gate = "model";

    /// <param name="report">What evaluate gave.</param>
    /// <param name="published">Figures of the version that is published (<see cref="EvaluationReport.Published"/>); null where there is none.</param>
    /// <param name="parts">Models that are the serving one without its trend or texts: they are no baselines.</param>
    public static IReadOnlyList<ConstraintResult> Check(
        EvaluationReport report, EvaluateOptions options, IReadOnlyDictionary<string, double>? published = null, IReadOnlyCollection<string>? parts = null)
    {
        string ndcg = $"ndcg@{options.Cutoffs[0]}";
        int users = report.Find(report.Serving, Slices.New, ndcg)?.Count ?? 0;
        bool conclusive = users >= options.MinUsers;
        return
        [
            new ConstraintResult(Gate, "test_users", conclusive ? ConstraintLevel.Pass : ConstraintLevel.Warn, users, Text($"warn below {options.MinUsers}"),
                conclusive ? Text($"{users} users have new pairs in the hold-out")
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"{users} users have new pairs in the hold-out, fewer than {options.MinUsers}: its figures can warn but not stop the run; "
                        + $"widen the hold-out window")),
            AgainstBaseline(report, options, ndcg, conclusive),
            AgainstPublished(report, options, ndcg, conclusive, published),
            Coverage(report, options, conclusive),
            AgainstBest(report, parts ?? [], ndcg),
            .. options.ExposureFloors.Select(f => Exposure(report, f, conclusive)),
        ];
    }

    /// <summary>Whether a group of items gets its share of places.</summary>
    private static ConstraintResult Exposure(EvaluationReport report, ExposureFloor floor, bool conclusive)
    {
        string name = $"exposure.{floor.By}.{floor.Group}", expected = Text($"fail below {floor.Share:0.####}");
        var exposure = report.Groups.Where(g => g.Measure == GroupFigures.Exposure).ToList();
        var figure = exposure.Find(g => string.Equals(g.By, floor.By, StringComparison.OrdinalIgnoreCase) && g.Group == floor.Group);
        if (figure is null)
        {
            string known = string.Join(", ", exposure.Select(g => $"{g.By} '{g.Group}'").Take(GroupFigures.Most));
            return new ConstraintResult(
                Gate, name, ConstraintLevel.Warn, double.NaN, expected, $"not measured: no item that may be recommended is of that group; there are {known}");
        }
        var level = figure.Value >= floor.Share ? ConstraintLevel.Pass : conclusive ? ConstraintLevel.Fail : ConstraintLevel.Warn;
        return new ConstraintResult(
            Gate, name, level, figure.Value, expected,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{figure.Value:0.0000} [{figure.Low:0.0000}, {figure.High:0.0000}] of the lists' places, by rank, are of {figure.Count} items; they are "
                + $"{figure.CatalogShare:0.0000} of the items and {figure.PurchaseShare:0.0000} of the purchases"));
    }

    private static ConstraintResult AgainstBaseline(EvaluationReport report, EvaluateOptions options, string ndcg, bool conclusive)
    {
        string name = "ndcg_against_" + options.Baseline;
        string baseline = options.Baseline;
        string expected = Text($"at least {1 - options.BaselineTolerance:0.###} x {baseline}'s; fail where the paired 95% interval lies below 0 too");
        var ours = report.Find(report.Serving, Slices.New, ndcg);
        var theirs = report.Find(baseline, Slices.New, ndcg);
        if (report.Serving == baseline)
            return new ConstraintResult(Gate, name, ConstraintLevel.Pass, ours?.Value ?? double.NaN, expected, "the baseline itself serves");
        var difference = report.Differences.FirstOrDefault(d => d.Baseline == baseline && d.Slice == Slices.New && d.Metric == ndcg);
        if (ours is null || theirs is null || difference is null)
        {
            return new ConstraintResult(
                Gate, name, ConstraintLevel.Warn, double.NaN, expected,
                $"not measured: there is no {ndcg} on new pairs of {report.Serving} and {baseline}");
        }
        bool below = ours.Value < theirs.Value * (1 - options.BaselineTolerance);
        bool sure = conclusive && difference.High < 0;
        return new ConstraintResult(Gate, name, !below ? ConstraintLevel.Pass : sure ? ConstraintLevel.Fail : ConstraintLevel.Warn, ours.Value, expected,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{ndcg} on new pairs: {report.Serving} {ours.Value:0.0000}, {baseline} {theirs.Value:0.0000}, "
                + $"difference {difference.Value:0.0000} [{difference.Low:0.0000}, {difference.High:0.0000}]"));
    }

    /// <summary>Whether another model would have been the better choice. That is no reason to leave a shop without lists, and one to look.</summary>
    private static ConstraintResult AgainstBest(EvaluationReport report, IReadOnlyCollection<string> parts, string ndcg)
    {
        const string name = "ndcg_against_best";
        const string expected = "warn where the best baseline is ahead by a paired 95% interval";
        var best = report.Metrics
            .Where(m => m.Slice == Slices.New && m.Metric == ndcg)
            .Where(m => m.Model != report.Serving && m.Model != EvaluatedModel.Lists && !parts.Contains(m.Model))
            .MaxBy(m => m.Value);
        var difference = report.Differences.FirstOrDefault(d => d.Baseline == best?.Model && d.Slice == Slices.New && d.Metric == ndcg);
        if (best is null || difference is null)
            return new ConstraintResult(Gate, name, ConstraintLevel.Pass, double.NaN, expected, "there is no baseline to compare with");
        bool behind = difference.High < 0;
        string found = string.Create(
            CultureInfo.InvariantCulture,
            $"{ndcg} on new pairs: {best.Model} has {best.Value:0.0000}, "
            + $"difference {difference.Value:0.0000} [{difference.Low:0.0000}, {difference.High:0.0000}]");
        return new ConstraintResult(
            Gate, name, behind ? ConstraintLevel.Warn : ConstraintLevel.Pass, difference.Value, expected,
            behind ? $"{found}; a longer validation window chooses more surely, or name it in Train:Algorithm" : found);
    }

    private static ConstraintResult AgainstPublished(
        EvaluationReport report, EvaluateOptions options, string ndcg, bool conclusive, IReadOnlyDictionary<string, double>? published)
    {
        const string name = "ndcg_against_published";
        string expected = Text(
            $"warn below {1 - options.PublishedDropWarn:0.###} x, fail below {1 - options.PublishedDropFail:0.###} x the published version's");
        var ours = report.Find(report.Serving, Slices.New, ndcg);
        if (published is null || !published.TryGetValue($"{Slices.New}.{ndcg}", out double before))
            return new ConstraintResult(Gate, name, ConstraintLevel.Pass, ours?.Value ?? double.NaN, expected, "no published version has this figure");
        if (ours is null)
        {
            return new ConstraintResult(
                Gate, name, ConstraintLevel.Warn, double.NaN, expected, Text($"not measured; the published version has {before:0.0000}"));
        }
        var level = ours.Value < before * (1 - options.PublishedDropFail) && conclusive ? ConstraintLevel.Fail
            : ours.Value < before * (1 - options.PublishedDropWarn) ? ConstraintLevel.Warn
            : ConstraintLevel.Pass;
        return new ConstraintResult(
            Gate, name, level, ours.Value, expected,
            Text($"{ndcg} on new pairs: {ours.Value:0.0000} [{ours.Low:0.0000}, {ours.High:0.0000}], published {before:0.0000}"));
    }

    private static ConstraintResult Coverage(EvaluationReport report, EvaluateOptions options, bool conclusive)
    {
        string metric = $"coverage@{options.Cutoffs[0]}";
        string expected = Text($"warn below {options.CoverageWarn:0.####}, fail below {options.CoverageFail:0.####}");
        if (report.Find(report.Serving, Slices.New, metric) is not { } coverage)
            return new ConstraintResult(Gate, "coverage", ConstraintLevel.Warn, double.NaN, expected, "not measured: nobody has new pairs in the hold-out");
        var level = coverage.Value < options.CoverageFail && conclusive ? ConstraintLevel.Fail
            : coverage.Value < options.CoverageWarn ? ConstraintLevel.Warn
            : ConstraintLevel.Pass;
        return new ConstraintResult(
            Gate, "coverage", level, coverage.Value, expected, Text($"{coverage.Value:P2} of the items stand on a list of {coverage.Count} users"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
