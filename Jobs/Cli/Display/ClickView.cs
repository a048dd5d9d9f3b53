using System.Globalization;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Feedback.Clicks;
using Recsys.Batch.Pipeline.Feedback.Estimates;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>Clicks by place, how places are looked at, and how right chances of clicks are.</summary>
internal static class ClickView
{
    public static void Write(Screen screen, ClickReport report)
    {
        screen.Markup(
            $"[bold]{Format.Count(report.Impressions, "impression")}[/]: {Within(report.Clicks)} clicks each"
            + (report.Purchases is { } purchases ? $", {Within(purchases)} purchases" : ""));
        Places(screen, report);
        screen.Markup(
            report.ExaminationRefusal is { } refusal ? $"[yellow]How places are looked at is not known: {Screen.Cell(refusal)}[/]"
            : $"Places are looked at by rank^-{Within(report.Decay!, "0.00")} "
                + $"[grey]({Format.Count(report.MovedClicks, "click")} on {Format.Count(report.MovedPairs)} items that a user was shown at different "
                + "places)[/]");
        if (report.Chances is { } chances) Chances(screen, chances);
        else if (report.ExaminationRefusal is null) screen.Markup($"[yellow]No chances of clicks: {Screen.Cell(report.ChancesRefusal)}[/]");
    }

    private static void Places(Screen screen, ClickReport report)
    {
        var table = screen.Table();
        table.AddColumn(new TableColumn("Place").NoWrap());
        foreach (string name in (string[])["impressions", "clicks an impression", "beside the first", "looked at, beside the first", "clicks expected"])
            table.AddColumn(new TableColumn(name).RightAligned().NoWrap());
        foreach (var place in report.Places)
        {
            table.AddRow(
                Screen.Cell(place.Places), Format.Count(place.Impressions), Within(place.Clicks),
                Format.Number(place.Clicks.Value / report.Places[0].Clicks.Value, "0.00"),
                place.Examination is { } examination ? Within(examination, "0.00") : "-", place.Expected is { } expected ? Number(expected) : "-");
        }
        screen.Console.Write(table);
    }

    private static void Chances(Screen screen, ClickChanceReport chances)
    {
        screen.Markup(
            $"Chances of clicks, on users whom they do not know: AUC {Number(chances.Auc)} [grey](by place alone {Number(chances.PlaceAuc)})[/], log loss "
            + $"{Number(chances.LogLoss, "0.0000")} [grey]({Number(chances.PlaceLogLoss, "0.0000")})[/], calibration error "
            + $"{Number(chances.CalibrationError, "0.0000")} [grey](clicks weigh at most {Number(chances.MaxWeight, "0.#")}, "
            + $"{chances.ClippedShare.ToString("0.0%", CultureInfo.InvariantCulture)} were cut)[/]");
        var bins = screen.Table();
        bins.AddColumn(new TableColumn("A tenth of the impressions").NoWrap());
        foreach (string name in (string[])["impressions", "clicks expected", "clicked"]) bins.AddColumn(new TableColumn(name).RightAligned().NoWrap());
        foreach (var (k, bin) in chances.Bins.Index())
        {
            bins.AddRow(
                k == 0 ? "least likely" : k == chances.Bins.Count - 1 ? "most likely" : Format.Count(k + 1), Format.Count(bin.Impressions),
                Number(bin.Expected, "0.0000"), Within(bin.Observed, "0.0000"));
        }
        screen.Console.Write(bins);
        foreach (var (k, half) in chances.Halves.Index())
        {
            screen.Markup(
                $"Expected clicks a list, {(k == 0 ? "one" : "the other")} half of the users: {Number(half.Expected)}; it got {Number(half.Clicks)}, "
                + $"{Within(half.Ratio)} of that [grey]({Format.Count(half.Lists, "list")})[/]");
        }
    }

    private static string Within(EstimatedValue value, string format = "0.000") =>
        $"{Number(value.Value, format)} [grey]{Number(value.Low, format)}..{Number(value.High, format)}[/]";

    private static string Number(double value, string format = "0.000") => Format.Number(value, format);
}
