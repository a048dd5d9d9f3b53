using System.Globalization;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Places;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Cli.Demo;

/// <summary>Which places of the shop the night made, and what goes into the cart with some best sellers.</summary>
internal static class PlacesView
{
    private const int ShownItems = 3;
    private const int ShownComplements = 4;

    /// <param name="items">Best sellers, by id and title.</param>
    public static void Write(Screen screen, RunReport report, IPublishedReads reads, IEnumerable<(string Id, string? Title)> items)
    {
        var places = Report(report);
        screen.Line();
        screen.Markup("[bold]The shop's other places[/] [grey](places)[/]");
        foreach (var place in places.Places)
        {
            screen.Markup(place.Lacks is { } lacks
                ? $"[grey]- {Screen.Cell(place.Place)}: none, since {Screen.Cell(lacks)}[/]"
                : string.Create(CultureInfo.InvariantCulture, $"- {Screen.Cell(place.Place)}: {place.Rows:N0} rows; {Screen.Cell(place.Note ?? "")}"));
        }
        int shown = 0;
        foreach (var (id, title) in items)
        {
            if (shown == ShownItems || reads.ReadPlace(PlaceTables.CartComplements, id) is not { } found) continue;
            shown++;
            var words = found.Rows.Take(ShownComplements).Select(r =>
                $"{Screen.Cell(found.Titles.GetValueOrDefault(r.ItemId)?.Title ?? r.ItemId)} [grey]lift {Format.Number((double)r["lift"], "0.0")}[/]");
            screen.Markup($"With [bold]{Screen.Cell(title ?? id)}[/]: {string.Join(", ", words)}");
        }
    }

    public static object Json(RunReport report) =>
        Report(report).Places.Select(p => new { p.Place, p.Rows, p.Lacks, p.Note });

    private static PlacesReport Report(RunReport report) =>
        PlacesReport.Read(Path.Combine(report.Stages.Single(s => s.Stage == StageNames.Places).Folder, PlacesReport.FileName));
}
