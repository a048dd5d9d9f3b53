using System.Globalization;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Publish;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>Users' lists as tables and as JSON.</summary>
internal static class ListView
{
    /// <param name="length">Entries shown at most.</param>
    /// <param name="reasons">History items shown at most for an entry.</param>
    /// <param name="plain">Titles of the model's own order, to stand beside the list; null leaves the column out.</param>
    public static void Write(
        Screen screen, UserList list, bool heading = true, int length = int.MaxValue, int reasons = int.MaxValue, IReadOnlyList<string>? plain = null)
    {
        string whose = list.IsDefault ? "has no list of their own; this is what everybody without history gets" : $"{list.Entries.Count} entries";
        if (heading) screen.Markup($"[bold]User {Screen.Cell(list.UserId)}[/] [grey]· version {Screen.Cell(list.Version)} · {whose}[/]");
        bool wide = screen.Console.Profile.Width >= 120;
        var table = screen.Table();
        table.AddColumn(new TableColumn("#").RightAligned().NoWrap());
        if (wide) table.AddColumn(new TableColumn("Item").NoWrap());
        table.AddColumn(new TableColumn("Title"));
        table.AddColumn(new TableColumn("Score").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("Why"));
        if (plain is not null) table.AddColumn(new TableColumn("Without diversity"));
        var published = list.Entries.Take(length).Select(e => Title(e)).ToHashSet(StringComparer.Ordinal);
        for (int i = 0; i < Math.Min(length, list.Entries.Count); i++)
        {
            var line = list.Entries[i];
            bool differs = plain is not null && !plain.Contains(Title(line));
            var cells = new List<string> { line.Entry.Rank.ToString(CultureInfo.InvariantCulture) };
            if (wide) cells.Add(Screen.Cell(line.Entry.ItemId));
            cells.AddRange(
                [
                    differs ? $"[green]{Screen.Cell(Title(line))} *[/]" : Screen.Cell(Title(line)),
                    Score(line.Entry.Score),
                    $"[grey]{Screen.Cell(Why(line, reasons))}[/]"]);
            if (plain is not null)
                cells.Add(i >= plain.Count ? "" : published.Contains(plain[i]) ? $"[grey]{Screen.Cell(plain[i])}[/]" : $"[yellow]{Screen.Cell(plain[i])}[/]");
            table.AddRow([.. cells]);
        }
        screen.Console.Write(table);
    }

    /// <summary>Two lists of one user side by side; what only one of them has is marked.</summary>
    public static void WriteBeside(Screen screen, UserList left, UserList right, string? leftName = null, string? rightName = null)
    {
        var inLeft = left.Entries.Select(e => e.Entry.ItemId).ToHashSet(StringComparer.Ordinal);
        var inRight = right.Entries.Select(e => e.Entry.ItemId).ToHashSet(StringComparer.Ordinal);
        var table = screen.Table();
        table.AddColumn(new TableColumn("#").RightAligned().NoWrap());
        table.AddColumn(Screen.Cell(leftName ?? left.Version)).AddColumn(Screen.Cell(rightName ?? right.Version));
        for (int i = 0; i < Math.Max(left.Entries.Count, right.Entries.Count); i++)
            table.AddRow((i + 1).ToString(CultureInfo.InvariantCulture), Side(left, i, inRight), Side(right, i, inLeft));
        screen.Console.Write(table);
    }

    public static void WriteChange(Screen screen, VersionComparison change)
    {
        screen.Line(
            $"Over all {Format.Count(change.UsersInBoth)} users in both versions: {Format.Share(change.EqualLists)} of the lists are equal, "
            + $"{Format.Share(change.MeanKept)} of a list stays on average (Jaccard {Format.Number(change.MeanJaccard, "0.000")}).");
        screen.Line(
            $"Users only in {change.Before}: {Format.Count(change.UsersOnlyBefore)}, only in {change.After}: {Format.Count(change.UsersOnlyAfter)}; "
            + $"different items on lists: {Format.Count(change.ItemsBefore)} and {Format.Count(change.ItemsAfter)}.");
    }

    public static object Json(UserList list) => new
    {
        list.UserId,
        list.Version,
        list.IsDefault,
        Entries = list.Entries.Select(e => new
        {
            e.Entry.Rank,
            e.Entry.ItemId,
            e.Title,
            e.Entry.Score,
            e.Entry.Relevance,
            e.Entry.DiversityGain,
            e.Entry.ReasonCode,
            ReasonItems = e.ReasonItems.Select(r => new { r.ItemId, r.Title }),
            e.Entry.Source,
            e.Entry.Propensity,
            e.Entry.Promoted,
            e.Entry.Features,
        }),
    };

    private static string Why(TitledEntry line, int reasons) => line.Entry.Features is { Strongest.Count: > 0 } features
        ? $"{Reason(line, reasons)}; carried by {string.Join(", ", features.Strongest.Select(f => $"{f.Name} {Format.Added(f.Share)}"))}"
        : Reason(line, reasons);

    private static string Reason(TitledEntry line, int reasons) => line.Entry.Promoted.Length > 0
        ? $"placed by the rule '{line.Entry.Promoted}'"
        : line.ReasonItems.Count == 0
        ? "popular with everybody"
        : (line.Entry.ReasonCode switch { "similar_text" => "similar to ", "rated_well" => "rated well: ", _ => "bought " }) + string.Join(
            " + ", line.ReasonItems.Take(reasons).Select(r => r.Title ?? r.ItemId));

    private static string Side(UserList list, int at, HashSet<string> other)
    {
        if (at >= list.Entries.Count) return "";
        var line = list.Entries[at];
        string text = Screen.Cell(Title(line));
        return other.Contains(line.Entry.ItemId) ? text : $"[green]{text} *[/]";
    }

    private static string Title(TitledEntry line) => line.Title ?? line.Entry.ItemId;

    private static string Score(double score) => Format.Number(score, "0.000");
}
