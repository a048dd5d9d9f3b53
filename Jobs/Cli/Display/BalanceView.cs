using System.Globalization;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Runs.Nightly.Balance;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>
/// How lists are diversified as a table: the order of relevance, what serves, and the most diverse setting of every other method that costs no more.
/// </summary>
internal static class BalanceView
{
    public static void Write(Screen screen, BalanceReport report)
    {
        string cutoff = report.Cutoff.ToString(CultureInfo.InvariantCulture);
        var table = screen.Table();
        table.AddColumn(new TableColumn("Diversified by").NoWrap());
        foreach (string column in (string[])[$"ndcg@{cutoff}", "Change", $"ild@{cutoff}", $"coverage@{cutoff}", "KL to own mix", "Diversity"])
            table.AddColumn(new TableColumn(column).RightAligned().NoWrap());
        foreach (var point in Shown(report))
        {
            bool serves = point.Setting == report.Setting;
            string name = Screen.Cell(serves ? $"{point.Setting.Name}, serves" : point.Setting.Name);
            table.AddRow(
                serves ? $"[bold]{name}[/]" : name, Figure(point, "ndcg", "0.0000"), ReferenceEquals(point, report.Points[0]) ? "" : Change(point.Change),
                Figure(point, "ild", "0.000"), Figure(point, "coverage", "0.000"), Figure(point, "calibration_kl", "0.00"),
                point.Diversity.ToString("0.00", CultureInfo.InvariantCulture));
        }
        screen.Console.Write(table);
        screen.Line(
            $"{Format.Count(report.Points.Count)} settings measured on {report.Window} ({Format.Count(report.Users)} users): {report.Why}. Diversity is the "
            + "mean share of the greatest gain in distance, coverage and nearness to the customer's own mix.");
    }

    private static IEnumerable<BalancePoint> Shown(BalanceReport report)
    {
        var serving = report.Points.First(p => p.Setting == report.Setting);
        return report.Points.Skip(1).Where(p => p.Method != serving.Method && BalanceChoice.IsAllowed(p, report))
            .GroupBy(p => p.Method, StringComparer.Ordinal).Select(g => g.MaxBy(p => p.Diversity)!).OrderByDescending(p => p.Diversity)
            .Prepend(serving).Prepend(report.Points[0]).Distinct();
    }

    private static string Figure(BalancePoint point, string name, string format) =>
        point.Figures.TryGetValue(name, out double value) ? value.ToString(format, CultureInfo.InvariantCulture) : "-";

    private static string Change(Interval change) => string.Create(
        CultureInfo.InvariantCulture, $"{change.Value:+0.0000;-0.0000;0.0000} {change.Low:+0.000;-0.000;0.000}..{change.High:+0.000;-0.000;0.000}");
}
