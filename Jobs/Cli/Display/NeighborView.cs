using System.Globalization;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Publish;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>Neighbors of items as tables and as JSON, one column a source.</summary>
internal static class NeighborView
{
    private static readonly (string Source, string Words)[] Columns =
    [
        ("blend", "Alike in both"), ("text", "Said to be alike"), ("cf", "Bought by the same people"),
    ];

    /// <param name="length">Neighbors a source at most.</param>
    public static void Write(Screen screen, string itemId, string? title, PublishedNeighbors neighbors, int length = int.MaxValue)
    {
        screen.Markup($"[bold]{Screen.Cell(title ?? itemId)}[/] [grey]· item {Screen.Cell(itemId)}[/]");
        var shown = Columns.Select(c => (c.Words, Entries: neighbors.Entries.Where(e => e.Source == c.Source).Take(length).ToArray()))
            .Where(c => c.Entries.Length > 0)
            .ToArray();
        var table = screen.Table();
        table.AddColumn(new TableColumn("#").RightAligned().NoWrap());
        foreach (var column in shown) table.AddColumn(column.Words);
        for (int rank = 0; rank < shown.Max(c => c.Entries.Length); rank++)
        {
            table.AddRow(
                [(rank + 1).ToString(CultureInfo.InvariantCulture), .. shown.Select(c => rank < c.Entries.Length ? Cell(c.Entries[rank], neighbors) : "")]);
        }
        screen.Console.Write(table);
    }

    public static object Json(string itemId, string? title, PublishedNeighbors neighbors) => new
    {
        ItemId = itemId,
        Title = title,
        neighbors.Version,
        Neighbors = neighbors.Entries.Select(e => new { e.Source, e.Rank, e.NeighborId, Title = TitleOf(e, neighbors), e.Score }),
    };

    private static string Cell(NeighborEntry entry, PublishedNeighbors neighbors) =>
        $"{Screen.Cell(TitleOf(entry, neighbors) ?? entry.NeighborId)} [grey]{Format.Number(entry.Score, "0.00")}[/]";

    private static string? TitleOf(NeighborEntry entry, PublishedNeighbors neighbors) =>
        neighbors.Titles.TryGetValue(entry.NeighborId, out var t) ? t.Title : null;
}
