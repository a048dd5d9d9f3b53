namespace Recsys.Batch.Jobs.Console.Charts;

/// <param name="Label">What stands on the horizontal axis: a day, a run.</param>
/// <param name="Address">Page that tells more of the point.</param>
/// <param name="IsOdd">Worth a mark of its own: a check that failed.</param>
internal sealed record ChartPoint(string Label, double? Value, string? Address = null, bool IsOdd = false, string? Remark = null)
{
    /// <summary>Of what readers have.</summary>
    public bool IsCurrent { get; init; }
}

/// <summary>A figure over time, oldest first, drawn as a line with a mark for each point and a table beside it.</summary>
internal sealed record LineChart
{
    private const double Left = 21;

    /// <param name="limit">A bound that is drawn across; null for none.</param>
    public LineChart(string name, IReadOnlyList<ChartPoint> points, Func<double, string> text, double? limit = null)
    {
        (Name, Points, Text, Limit) = (name, points, text, limit);
        Vertical = new Axis(points.Select(p => p.Value ?? double.NaN).Append(limit ?? double.NaN), marks: 2, pad: 0.18);
    }

    public string Name { get; }

    public IReadOnlyList<ChartPoint> Points { get; }

    public Func<double, string> Text { get; }

    public double? Limit { get; }

    /// <summary>What the figure means, in a sentence.</summary>
    public string Meaning { get; init; } = "";

    /// <summary>Whether more is better (true), worse (false), or neither.</summary>
    public bool? MoreIsBetter { get; init; }

    /// <summary>Whether the figure is a property of a version, and headed by that of the current one.</summary>
    public bool OfVersion { get; init; }

    /// <summary>The figure of the current version; null where that is not known.</summary>
    public double? Head { get; init; }

    /// <summary>The figure of the version that was published before the current one.</summary>
    public double? HeadBefore { get; init; }

    /// <summary>The 95% interval of <see cref="Head"/>; null where none was kept.</summary>
    public (double Low, double High)? HeadInterval { get; init; }

    /// <summary>Whether the change of a measured figure is more than chance: only then is it called better or worse.</summary>
    public bool IsSure { get; init; } = true;

    /// <summary>What stands large above the line.</summary>
    public double? Headline => OfVersion ? Head : Last?.Value;

    public double? Compared => OfVersion ? HeadBefore : LastButOne?.Value;

    public Axis Vertical { get; }

    public ChartPoint? Last => Points.LastOrDefault(p => p.Value is not null);

    public ChartPoint? LastButOne => Points.Where(p => p.Value is not null).SkipLast(1).LastOrDefault();

    /// <summary>Left of the first point stand the marks' figures.</summary>
    public double X(int point) => Points.Count == 1 ? 58 : Left + Step * point;

    /// <summary>From one point to the next.</summary>
    public double Step => Points.Count > 1 ? (98 - Left) / (Points.Count - 1) : 98 - Left;

    /// <summary>Runs of points with a value: gaps stay gaps.</summary>
    public IEnumerable<string> Lines()
    {
        var line = new List<(double, double)>();
        for (int i = 0; i <= Points.Count; i++)
        {
            if (i < Points.Count && Points[i].Value is { } value)
            {
                line.Add((X(i), Vertical.Down(value)));
                continue;
            }
            if (line.Count > 1) yield return Svg.Points(line);
            line = [];
        }
    }
}
