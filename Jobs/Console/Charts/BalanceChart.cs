using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Console.Charts;

/// <param name="X">Place in the picture, percent from the left.</param>
/// <param name="Low">Where the interval of the difference to the configured setting ends, percent from the top; null for that setting itself.</param>
internal sealed record BalanceMark(int Index, SweepPoint Point, int Series, double X, double Y, double? Low, double? High);

/// <summary>
/// A sweep as a picture: diversity to the right, accuracy upwards, one shape and colour a method, a line along its lambdas. What lies up and to the right of
/// the configured setting is better in both.
/// </summary>
internal sealed class BalanceChart
{
    private const double Left = 11, Right = 97, Top = 5, Bottom = 87;

    public BalanceChart(SweepReport report)
    {
        var current = report.Current;
        var known = report.Points.Select((p, i) => (Point: p, Index: i))
            .Where(p => p.Point.Figures.ContainsKey("ndcg") && p.Point.Figures.ContainsKey("ild"))
            .ToArray();
        double Accuracy(SweepPoint p) => p.Figures["ndcg"].Value;
        double anchor = current.Figures.TryGetValue("ndcg", out var here) ? here.Value : 0;
        Vertical = new Axis(
            known.SelectMany(p => p.Point.Change is { } c ? new[] { Accuracy(p.Point), anchor + c.Low, anchor + c.High } : [Accuracy(p.Point)]), marks: 5);
        Horizontal = new Axis(known.Select(p => p.Point.Figures["ild"].Value), marks: 5);
        Methods = [.. known.Select(p => p.Point.Method).Distinct().OrderBy(m => m == DiversifierCatalog.None ? 0 : 1).ThenBy(m => m, StringComparer.Ordinal)];
        Marks = [.. known.Select(p => new BalanceMark(
            p.Index, p.Point, SeriesOf(p.Point.Method), X(p.Point.Figures["ild"].Value), Y(Accuracy(p.Point)),
            p.Point.Change is { } c ? Y(anchor + c.Low) : null, p.Point.Change is { } d ? Y(anchor + d.High) : null))];
    }

    public Axis Horizontal { get; }

    public Axis Vertical { get; }

    public IReadOnlyList<string> Methods { get; }

    public IReadOnlyList<BalanceMark> Marks { get; }

    public double X(double diversity) => Left + (Right - Left) * Horizontal.Place(diversity) / 100;

    public double Y(double accuracy) => Top + (Bottom - Top) * Vertical.Down(accuracy) / 100;

    /// <summary>1 up; relevance alone is 5, the quiet one.</summary>
    public int SeriesOf(string method) =>
        method == DiversifierCatalog.None ? 5 : 1 + Methods.Where(m => m != DiversifierCatalog.None).TakeWhile(m => m != method).Count() % 4;

    /// <summary>Marks of a method along its lambdas, from relevance alone on.</summary>
    public IReadOnlyList<BalanceMark> Path(string method) =>
        [.. Marks.Where(m => m.Point.Method == method || m.Point.Method == DiversifierCatalog.None).OrderBy(m => m.Point.Lambda)];

    /// <summary>Outline of a series' shape around the origin.</summary>
    public static string Shape(int series) => series switch
    {
        1 => "M-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0 -11 0Z",
        2 => "M-5 -5H5V5H-5Z",
        3 => "M0 -6.5L6 4.5H-6Z",
        4 => "M0 -7L7 0L0 7L-7 0Z",
        _ => "M-6 -2H-2V-6H2V-2H6V2H2V6H-2V2H-6Z",
    };
}
