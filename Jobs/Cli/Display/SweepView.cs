using System.Globalization;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>A sweep as a table: what each setting finds and what its lists are like, the configured one marked.</summary>
internal static class SweepView
{
    public static void Write(Screen screen, SweepReport report)
    {
        screen.Markup(
            $"[grey]{Screen.Cell(report.Model)}, {Format.Count(report.Users)} users of the hold-out, purchases new to them; * is the configured setting[/]");
        var table = screen.Table();
        table.AddColumn(new TableColumn("Setting").NoWrap());
        foreach (string name in (string[])[$"ndcg@{report.Cutoff}", "beside *", $"ild@{report.Cutoff}", $"coverage@{report.Cutoff}"])
            table.AddColumn(new TableColumn(name).RightAligned().NoWrap());
        foreach (var point in report.Points)
            table.AddRow(
                point.IsCurrent ? $"[bold]{Screen.Cell(point.Name)} *[/]" : Screen.Cell(point.Name),
                point.Figures.TryGetValue("ndcg", out var ndcg)
                    ? $"{Format.Number(ndcg.Value, "0.0000")} [grey]{Format.Number(ndcg.Low, "0.000")}..{Format.Number(ndcg.High, "0.000")}[/]"
                    : "-",
                point.Change is { } change ? $"{change.Value.ToString("+0.0000;-0.0000;0.0000", CultureInfo.InvariantCulture)}" : "",
                point.Figures.TryGetValue("ild", out var ild) ? Format.Number(ild.Value, "0.000") : "-",
                point.Figures.TryGetValue("coverage", out var coverage) ? Format.Number(coverage.Value, "0.000") : "-");
        screen.Console.Write(table);
    }
}
