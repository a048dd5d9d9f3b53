using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Evaluate;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>An evaluation as tables: a slice at a time, a line a model, every figure with its 95% interval.</summary>
internal static class EvaluationView
{
    // Every figure with its interval takes 20 columns; what comes last goes first where the terminal is narrow.
    private static readonly (string Metric, int Width)[] Accuracy = [("ndcg", 0), ("recall", 0), ("hit", 100)];
    private static readonly (string Metric, int Width)[] Beyond = [("coverage", 0), ("ild", 120), ("gini", 130)];
    private const int BarFrom = 140;

    /// <param name="cutoff">The list length K whose figures are shown.</param>
    public static void Write(Screen screen, EvaluationReport report, int cutoff)
    {
        var models = report.Metrics.Select(m => m.Model).Distinct().ToList();
        double best = report.Metrics.Where(m => m.Metric == $"ndcg@{cutoff}").Select(m => m.High).DefaultIfEmpty(0).Max();
        foreach (var size in report.Sizes)
        {
            if (size.Users == 0) continue;
            if (size.Slice == Slices.ColdAmongCold && report.Metrics.Where(m => m.Slice == Slices.Cold).All(m => m.Value == 0)) continue;
            if (size.Slice == Slices.Cold && report.Metrics.Where(m => m.Slice == Slices.Cold).All(m => m.Value == 0))
            {
                screen.Markup(
                    $"[grey]Cold items ({Format.Count(size.Users)} users, {Format.Count(size.Pairs)} purchases of items never sold before): no model here "
                    + $"lists any of them.[/]");
                continue;
            }
            if (size.Slice == Slices.Ratings)
            {
                WriteRatings(screen, report, size);
                continue;
            }
            int width = screen.Console.Profile.Width;
            var accuracy = Accuracy.Where(a => a.Width <= width).Select(a => a.Metric).ToList();
            var beyond = Beyond.Where(b => b.Width <= width && report.Metrics.Any(m => m.Slice == size.Slice && m.Metric == $"{b.Metric}@{cutoff}"))
                .Select(b => b.Metric)
                .ToList();
            screen.Markup(Slice(size));
            var table = screen.Table();
            table.AddColumn(new TableColumn("Model").NoWrap());
            foreach (string metric in accuracy.Concat(beyond)) table.AddColumn(new TableColumn($"{metric}@{cutoff}").RightAligned().NoWrap());
            if (screen.IsTerminal && width >= BarFrom) table.AddColumn(new TableColumn($"ndcg@{cutoff}").NoWrap());
            foreach (string model in models.Where(m => report.Metrics.Any(v => v.Model == m && v.Slice == size.Slice)))
            {
                var cells = new List<string> { model == report.Serving ? $"[bold]{Screen.Cell(model)}[/]" : Screen.Cell(model) };
                cells.AddRange(accuracy.Select(a => Figure(report.Find(model, size.Slice, $"{a}@{cutoff}"))));
                cells.AddRange(beyond.Select(b => report.Find(model, size.Slice, $"{b}@{cutoff}") is { } m ? Format.Number(m.Value, "0.000") : "-"));
                if (table.Columns.Count > cells.Count) cells.Add(Bar(report.Find(model, size.Slice, $"ndcg@{cutoff}"), best, model == report.Serving));
                table.AddRow([.. cells]);
            }
            screen.Console.Write(table);
        }
    }

    /// <summary>What lists give to bands of popularity, and how accurate they are by band of activity; the rest is in the report and on the console.</summary>
    public static void WriteGroups(Screen screen, EvaluationReport report)
    {
        if (report.Groups.Count == 0) return;
        screen.Markup("For whom [grey](share of places by rank, beside that of purchases; NDCG by items in the history)[/]");
        var table = screen.Table();
        table.AddColumn(new TableColumn("Group").NoWrap());
        foreach (string name in (string[])["places", "purchases", "ndcg"]) table.AddColumn(new TableColumn(name).RightAligned().NoWrap());
        foreach (var g in report.Groups)
        {
            bool isExposure = g is { Measure: GroupFigures.Exposure, By: GroupFigures.Popularity };
            if (!isExposure && g is not { Measure: "ndcg", By: GroupFigures.Activity }) continue;
            string figure = $"{Format.Number(g.Value, "0.000")} [grey]{Format.Number(g.Low, "0.000")}..{Format.Number(g.High, "0.000")}[/]";
            table.AddRow(
                Screen.Cell(g.Group), isExposure ? figure : "", isExposure && g.PurchaseShare is { } bought ? Format.Number(bought, "0.000") : "",
                isExposure ? "" : figure);
        }
        screen.Console.Write(table);
    }

    /// <summary>How far off expected ratings are, beside the mean for everything.</summary>
    private static void WriteRatings(Screen screen, EvaluationReport report, SliceSize size)
    {
        screen.Markup($"Ratings that users gave later [grey]({Of(size)}; how far off the expected ones are)[/]");
        var table = screen.Table();
        table.AddColumn(new TableColumn("Model").NoWrap());
        foreach (string metric in (string[])[RatingAccuracy.Rmse, RatingAccuracy.Mae]) table.AddColumn(new TableColumn(metric).RightAligned().NoWrap());
        foreach (string model in report.Metrics.Where(m => m.Slice == Slices.Ratings).Select(m => m.Model).Distinct())
        {
            table.AddRow(
                Screen.Cell(model), Figure(report.Find(model, Slices.Ratings, RatingAccuracy.Rmse)),
                Figure(report.Find(model, Slices.Ratings, RatingAccuracy.Mae)));
        }
        screen.Console.Write(table);
    }

    private static string Of(SliceSize size) =>
        $"{Format.Count(size.Pairs)} of {Format.Count(size.Users)} users"
        + (size.SampledFrom is { } all ? $", drawn evenly spaced from {Format.Count(all)}" : "");

    private static string Slice(SliceSize size) => size.Slice switch
    {
        Slices.New => $"Purchases new to the user [grey]({Of(size)}; lists leave out what the user has)[/]",
        Slices.Cold => $"Purchases of items never sold before [grey]({Of(size)})[/]",
        Slices.ColdAmongCold => $"The same, ranked among such items alone [grey]({Of(size)})[/]",
        _ => $"All purchases [grey]({Of(size)}; lists may repeat what the user has)[/]",
    };

    private static string Figure(MetricValue? m) => m is null
        ? "-"
        : $"{Format.Number(m.Value, "0.0000")} [grey]{Format.Number(m.Low, "0.000")}..{Format.Number(m.High, "0.000")}[/]";

    private static string Bar(MetricValue? m, double best, bool serving)
    {
        const int Width = 24;
        int full = m is null || best <= 0 ? 0 : (int)Math.Round(m.Value / best * Width);
        return $"[{(serving ? "green" : "grey")}]{new string('█', full)}[/]";
    }
}
