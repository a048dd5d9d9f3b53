using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Parquet;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>A file's inspection as a table and as JSON.</summary>
internal static class InspectionView
{
    public static void Write(Screen screen, FileInspection found)
    {
        screen.Markup($"[bold]{Screen.Cell(found.File.File)}[/]");
        screen.Markup(
            $"[grey]{Format.Count(found.File.Rows)} rows in {Format.Count(found.File.RowGroups)} row groups, {Format.Bytes(found.File.Bytes)}, "
            + $"SHA-256 {found.Sha256[..16]}...[/]");
        var roles = found.Mapping.Columns.ToLookup(c => c.Column, c => c.Key);
        var table = screen.Table();
        table.AddColumn(new TableColumn("Column").NoWrap());
        table.AddColumn(new TableColumn("Type").NoWrap());
        table.AddColumn(new TableColumn("Nulls").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("Range or examples"));
        table.AddColumn(new TableColumn("Could be").NoWrap());
        foreach (var column in found.Columns)
            table.AddRow(
                Screen.Cell(column.Field.Name), column.Field.Type.ToString().ToLowerInvariant(), Format.Share(column.NullShare),
                Screen.Cell(column.Least is null ? string.Join(", ", column.Examples) : $"{column.Least} .. {column.Greatest}"),
                Screen.Cell(string.Join(", ", roles[column.Field.Name])));
        foreach (var skipped in found.File.Skipped.Where(s => found.File.ByName.All(c => c.Name != s.Name)))
            table.AddRow(Screen.Cell(skipped.Name), "[grey]skipped[/]", "", $"[grey]{Screen.Cell(skipped.Reason)}[/]", "");
        screen.Console.Write(table);
        if (found.Mapping.Kind == TableKind.Unknown) return;
        screen.Markup($"[grey]Looks like {found.Mapping.Kind.ToString().ToLowerInvariant()}; a mapping to start from:[/]");
        screen.Line($"\"Columns\": {{ {string.Join(", ", found.Mapping.Columns.Select(c => $"\"{c.Key}\": \"{c.Column}\""))} }}");
    }

    public static object Json(FileInspection found) => new
    {
        found.File.File,
        found.File.Rows,
        found.File.RowGroups,
        found.File.Bytes,
        found.Sha256,
        Columns = found.Columns.Select(c => new { c.Field.Name, c.Field.Type, c.Nulls, c.NullShare, c.Examples, c.Least, c.Greatest }),
        found.File.Skipped,
        Mapping = new { found.Mapping.Kind, Columns = found.Mapping.Columns.ToDictionary(c => c.Key, c => c.Column) },
    };
}
