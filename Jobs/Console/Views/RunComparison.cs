using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Console.Views;

/// <param name="Before">Null where the run before did not measure it.</param>
/// <param name="MoreIsBetter">Null where neither is.</param>
internal sealed record ComparedMetric(string Name, string Meaning, double Now, double? Before, bool? MoreIsBetter)
{
    /// <summary>The 95% interval of a measured figure; null where it has none, or none was kept.</summary>
    public (double Low, double High)? NowInterval { get; init; }

    public (double Low, double High)? BeforeInterval { get; init; }

    /// <summary>Chance alone may explain the change: one of the two figures lies inside the other's interval.</summary>
    public bool IsWithinInterval => Before is { } was && was != Now && (Holds(NowInterval, was) || Holds(BeforeInterval, Now));

    /// <summary><c>better</c> or <c>worse</c> where the change is surely one, and empty otherwise.</summary>
    public string Tone =>
        MoreIsBetter is not { } more || Before is not { } was || was == Now || NowInterval is null || BeforeInterval is null || IsWithinInterval ? ""
        : Now > was == more ? "better"
        : "worse";

    private static bool Holds((double Low, double High)? interval, double value) => interval is var (low, high) && value >= low && value <= high;
}

/// <summary>Figures of two runs, and what the columns are called.</summary>
internal sealed record ComparedTable(IReadOnlyList<ComparedMetric> Rows, string Now, string Before);

/// <param name="Now">The option's value as JSON; null where this run did not have it.</param>
internal sealed record ComparedOption(string Key, string? Now, string? Before);

/// <summary>Options of two runs, and what the columns are called.</summary>
internal sealed record OptionsTable(IReadOnlyList<ComparedOption> Rows, string Now, string Before);

/// <summary>A run beside the one before: the figures that matter first, and the options that differ.</summary>
internal static class RunComparison
{
    private static readonly (string Metric, string Meaning, bool? More)[] Measured =
    [
        ("ndcg", "Held-out purchases found, early ranks counting more", true),
        ("recall", "Share of held-out purchases found", true),
        ("hit", "Customers with at least one hit", true),
        ("coverage", "Share of the items that stand on some list", true),
        ("ild", "Distance between the items of a list", null),
        ("one_shelf", "Lists of which more than half is one shelf, by words that titles share", false),
        ("novelty", "Surprise: how rare the listed items are", null),
        ("gini", "Concentration on few items, 0 to 1", false),
    ];

    private static readonly (string Stage, string Name, string Meaning, bool? More)[] Counted =
    [
        (StageNames.Ingest, "ingest.rows", "New rows read", null),
        (StageNames.Ingest, "ingest.quarantined", "New rows set aside", null),
        (StageNames.Ingest, "ingest.users", "Customers with a history", null),
        (StageNames.Ingest, "ingest.items", "Items that were bought", null),
        (StageNames.Materialize, "materialize.users", "Customers with a list", null),
        (StageNames.Publish, "publish.rows", "Rows published", null),
    ];

    public static IReadOnlyList<ComparedMetric> Metrics(RunFacts run, RunFacts? before, int cutoff)
    {
        var found = new List<ComparedMetric>();
        foreach (var (metric, meaning, more) in Measured)
        {
            string name = $"new.{metric}@{cutoff}";
            if (run.Published(name) is not { } value) continue;
            found.Add(new ComparedMetric($"{metric}@{cutoff}", meaning, value, before?.Published(name), more)
            {
                NowInterval = run.Interval(name),
                BeforeInterval = before?.Interval(name),
            });
        }
        foreach (var (stage, name, meaning, more) in Counted)
            if (run.Metric(stage, name) is { } value) found.Add(new ComparedMetric(name, meaning, value, before?.Metric(stage, name), more));
        return found;
    }

    /// <summary>Options that one of the two has otherwise; where a run has nothing on disk any more, nothing is claimed.</summary>
    public static IReadOnlyList<ComparedOption> Options(IReadOnlyDictionary<string, string> now, IReadOnlyDictionary<string, string> before)
    {
        if (now.Count == 0 || before.Count == 0) return [];
        // A run that ended early knows the options of its stages alone.
        var sections = now.Keys.Select(Section).ToHashSet(StringComparer.Ordinal);
        sections.IntersectWith(before.Keys.Select(Section));
        return [.. now.Keys.Union(before.Keys).Where(k => sections.Contains(Section(k))).Order(StringComparer.Ordinal)
            .Select(k => new ComparedOption(k, now.GetValueOrDefault(k), before.GetValueOrDefault(k))).Where(o => o.Now != o.Before)];
    }

    private static string Section(string key) => key.Split(':')[0];
}
