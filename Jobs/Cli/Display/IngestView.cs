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
            $"[bold]{Wording.Count(rows.Rows)} rows in[/] = {Wording.Count(rows.Kept)} kept + {Wording.Count(rows.Merged)} merged + {Wording.Count(rows.Quarantined)} quarantined "
            + $"[grey]· {Wording.Count(report.Files.Count(f => f.New))} new files of {Wording.Count(report.Files.Count)}[/]");
        var table = screen.Table();
        table.AddColumn(new TableColumn("Row").NoWrap());
        table.AddColumn(new TableColumn("Rows").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("Share").RightAligned().NoWrap());
        if (screen.IsTerminal) table.AddColumn(new TableColumn("").NoWrap());
        int bar = Math.Clamp(screen.Console.Profile.Width - 68, 8, 30);
        foreach (var (fate, count) in report.RowsByFate.OrderBy(f => Order(f.Key)).ThenByDescending(f => f.Value))
        {
            double share = (double)count / rows.Rows;
            var cells = new List<string> { Words(fate), Wording.Count(count), Wording.Share(share) };
            if (screen.IsTerminal) cells.Add($"[{Colour(fate)}]{new string('█', (int)Math.Ceiling(share * bar))}[/]");
            table.AddRow([.. cells]);
        }
        screen.Console.Write(table);
        string window = report.FirstEvent is null ? "no times" : $"{report.FirstEvent[..10]} to {report.LastEvent![..10]}";
        screen.Line($"{Wording.Count(report.Users)} users x {Wording.Count(report.Items)} items, {Wording.Count(report.Pairs)} pairs ({Wording.Number(100 * report.Density, "0.00")}% full), {window}; {Wording.Count(report.AvailableItems)} items may be recommended.");
        screen.Line($"Held out{(report.HoldOut.Cut is { } cut ? $" from {cut[..10]} on" : "")}: {Wording.Count(report.HoldOut.TestPairs)} pairs of {Wording.Count(report.HoldOut.TestUsers)} users, {Wording.Count(report.HoldOut.NewPairs)} of them new to the user, {Wording.Count(report.HoldOut.ColdItemPairs)} on items never sold before.");
    }

    private static string Words(string fate) => $"[{Colour(fate)}]{Kind(fate)}[/]{Screen.Cell(fate.Replace('_', ' '))}";

    private static string Kind(string fate) => Order(fate) switch
    {
        0 => "",
        1 => "merged: ",
        _ => "quarantined: ",
    };

    private static string Colour(string fate) => Order(fate) switch
    {
        0 => "green",
        1 => "blue",
        _ => "yellow",
    };

    private static int Order(string name)
    {
        var fate = Enum.GetValues<RowFate>().First(f => f.Name() == name);
        return fate == RowFate.Kept ? 0 : fate.IsMerged() ? 1 : 2;
    }
}
