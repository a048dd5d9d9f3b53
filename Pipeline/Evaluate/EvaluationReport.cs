namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>The parts of the test set that are told apart.</summary>
internal static class Slices
{
    /// <summary>All test pairs; lists may hold what the user already has.</summary>
    public const string All = "all";

    /// <summary>Pairs that are not in the user's history; lists leave the history out.</summary>
    public const string New = "new";

    /// <summary>Pairs on items that nobody had in the history; the lists of <see cref="New"/>.</summary>
    public const string Cold = "cold";

    /// <summary>The same pairs; lists hold only items that nobody had in the history, so that they compete among themselves.</summary>
    public const string ColdAmongCold = "cold_among_cold";

    /// <summary>Ratings of the test window of pairs that the user had not rated: how far off the expected ones are.</summary>
    public const string Ratings = "ratings";
}

/// <param name="Slice">One of <see cref="Slices"/>.</param>
/// <param name="Users">Users with at least one pair in the slice, of those measured.</param>
/// <param name="Pairs">Their pairs in it.</param>
internal sealed record SliceSize(string Slice, int Users, int Pairs)
{
    /// <summary>Users that those measured were drawn from, evenly spaced; null where all were measured.</summary>
    public int? SampledFrom { get; init; }
}

/// <summary>One figure of one model. <paramref name="Low"/> and <paramref name="High"/> bound its 95% interval.</summary>
/// <param name="Metric"><c>name@K</c>, or <c>auc</c>.</param>
/// <param name="Count">Users (pairs of users, for overlap) behind the figure.</param>
internal sealed record MetricValue(string Model, string Slice, string Metric, double Value, double Low, double High, int Count);

/// <summary>The serving model's figure less a baseline's, over the same users, with its paired 95% interval.</summary>
internal sealed record MetricDifference(string Model, string Baseline, string Slice, string Metric, double Value, double Low, double High);

/// <summary>
/// What evaluate gives. Intervals of means over users (or user pairs) are percentile bootstraps; those of coverage and Gini are normal, from a delete-a-group
/// jackknife. Figures that could not be measured are absent; every number is finite.
/// </summary>
internal sealed record EvaluationReport
{
    /// <summary>The model that will be published.</summary>
    public required string Serving { get; init; }

    /// <summary>Seconds since 1970-01-01 at which test begins; 0 where the split did not come from time.</summary>
    public required uint Cut { get; init; }

    /// <summary>Users with test pairs, before any were left out.</summary>
    public required int TestUsers { get; init; }

    /// <summary>Of those, the ones who have no history.</summary>
    public required int TestUsersWithoutHistory { get; init; }

    public required IReadOnlyList<SliceSize> Sizes { get; init; }

    public required IReadOnlyList<MetricValue> Metrics { get; init; }

    public required IReadOnlyList<MetricDifference> Differences { get; init; }

    /// <summary>What the lists that are published give to groups of items and of users, cut at the first K.</summary>
    public IReadOnlyList<GroupFigure> Groups { get; init; } = [];

    public MetricValue? Find(string model, string slice, string metric) =>
        Metrics.FirstOrDefault(m => m.Model == model && m.Slice == slice && m.Metric == metric);

    /// <summary>All figures under dotted names, <c>model.slice.metric</c>, for a ledger.</summary>
    public IEnumerable<KeyValuePair<string, double>> Flat() =>
        Metrics.Select(m => KeyValuePair.Create($"{m.Model}.{m.Slice}.{m.Metric}", m.Value));

    /// <summary>The serving model's figures as <c>slice.metric</c>: what the next night's gate compares with.</summary>
    public Dictionary<string, double> Published() =>
        Metrics.Where(m => m.Model == Serving).ToDictionary(m => $"{m.Slice}.{m.Metric}", m => m.Value);
}
