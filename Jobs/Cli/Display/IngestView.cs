using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>Where every row of the log went, by reason, and what was left to learn from.</summary>
internal static class IngestView
{
    public static void Write(Screen screen, IngestReport report)
    {
        var rows = report.Total;
        screen.Markup(
            $"[bold]{Format.Count(rows.Rows)} rows in[/] = {Format.Count(rows.Kept)} kept + {Format.Count(rows.Merged)} merged + "
            + $"{Format.Count(rows.Quarantined)} quarantined "
            + $"[grey]· {Format.Count(report.Files.Count(f => f.New))} new files of {Format.Count(report.Files.Count)}[/]");
        var table = screen.Table();
        table.AddColumn(new TableColumn("Row").NoWrap());
        table.AddColumn(new TableColumn("Rows").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("Share").RightAligned().NoWrap());
        if (screen.IsTerminal) table.AddColumn(new TableColumn("").NoWrap());
        int bar = Math.Clamp(screen.Console.Profile.Width - 68, 8, 30);
        foreach (var (status, count) in report.RowsByFate.OrderBy(f => Order(f.Key)).ThenByDescending(f => f.Value))
        {
            double share = (double)count / rows.Rows;
            var cells = new List<string> { Words(status), Format.Count(count), Format.Share(share) };
            if (screen.IsTerminal) cells.Add($"[{Colour(status)}]{new string('█', (int)Math.Ceiling(share * bar))}[/]");
            table.AddRow([.. cells]);
        }
        screen.Console.Write(table);
        string window = report.FirstEvent is null ? "no times" : $"{report.FirstEvent[..10]} to {report.LastEvent![..10]}";
        screen.Line(
            $"{Format.Count(report.Users)} users x {Format.Count(report.Items)} items, "
            + $"{Format.Count(report.Pairs)} pairs ({Format.Number(100 * report.Density, "0.00")}% full), {window}; "
            + $"{Format.Count(report.AvailableItems)} items may be recommended.");
        screen.Line(
            $"Held out{(report.HoldOut.Cut is { } cut ? $" from {cut[..10]} on" : "")}: {Format.Count(report.HoldOut.TestPairs)} pairs of "
            + $"{Format.Count(report.HoldOut.TestUsers)} users, {Format.Count(report.HoldOut.NewPairs)} of them new to the user, "
            + $"{Format.Count(report.HoldOut.ColdItemPairs)} on items never sold before.");
    }

    private static string Words(string status) => $"[{Colour(status)}]{Kind(status)}[/]{Screen.Cell(status.Replace('_', ' '))}";

    private static string Kind(string status) => Order(status) switch
    {
        0 => "",
        1 => "merged: ",
        _ => "quarantined: ",
    };

    private static string Colour(string status) => Order(status) switch
    {
        0 => "green",
        1 => "blue",
        _ => "yellow",
    };

    private static int Order(string name)
    {
        var status = Enum.GetValues<RowStatus>().First(f => f.Name() == name);
        return status == RowStatus.Kept ? 0 : status.IsMerged() ? 1 : 2;
    }
}
