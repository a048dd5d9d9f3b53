using System.Globalization;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Train.Auto;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>What a race tried as a table: what serves, then the best of each kind by NDCG, and what was left out.</summary>
internal static class AutoView
{
    private const int Rows = 12;

    public static void Write(Screen screen, AutoReport report)
    {
        var table = screen.Table();
        table.AddColumn(new TableColumn("Tried").NoWrap());
        table.AddColumn(new TableColumn($"ndcg@{report.Cutoff.ToString(CultureInfo.InvariantCulture)}").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("Nominal").RightAligned().NoWrap());
        table.AddColumn("Model");
        foreach (var trial in Shown(report))
        {
            bool serves = report.Best is { } best && trial.Model == best.Model;
            string model = Screen.Cell(trial.Failure is null ? trial.Model : $"{trial.Model}: {trial.Failure}");
            table.AddRow(
                Screen.Cell(serves ? "serves" : trial.Failure is null ? trial.Round : "left out"),
                trial.Failure is null ? Figure(trial.Ndcg) : "-",
                trial.Seconds > 0 && double.IsFinite(trial.Seconds) ? Nominal(trial.Seconds) : "",
                serves ? $"[bold]{model}[/]" : model);
        }
        screen.Console.Write(table);
        screen.Line(
            $"{Format.Count(report.Trials.Count(t => t.Failure is null))} models measured on {report.Window} ({Format.Count(report.Users)} users), in "
            + $"{Nominal(report.SpentSeconds)} of {Nominal(report.BudgetSeconds)} nominal training; {report.Why}.");
        if (report.Last is { } last) screen.Line($"{char.ToUpperInvariant(last.ToString()[0])}{last.ToString()[1..]}.");
    }

    /// <summary>What serves, then the best trial of each trainer and round, by NDCG; what was left out comes last.</summary>
    private static IEnumerable<AutoTrial> Shown(AutoReport report)
    {
        var best = report.Trials.Where(t => t.Failure is null)
            .GroupBy(t => t.Round is "last" or "blend" or "text" ? t.Round : t.Model.Split(' ', ',')[0], StringComparer.Ordinal)
            .Select(g => g.MaxBy(t => t.Ndcg.Value)!);
        // What serves comes first: another may have a higher figure, within the noise or without room for new items.
        return best.Where(t => t.Model != report.Best?.Model).OrderByDescending(t => t.Ndcg.Value).Take(Rows - 1)
            .Prepend(report.Best).OfType<AutoTrial>()
            .Concat(report.Trials.Where(t => t.Failure is not null));
    }

    private static string Nominal(double seconds) => Format.Duration(TimeSpan.FromSeconds(seconds));

    private static string Figure(Interval ndcg) =>
        string.Create(CultureInfo.InvariantCulture, $"{ndcg.Value:0.0000} {ndcg.Low:0.000}..{ndcg.High:0.000}");
}
