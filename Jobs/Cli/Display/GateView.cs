using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Stage;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>The checks of a run's gates: every one with its value and bounds, and in words what does not pass.</summary>
internal static class GateView
{
    public static void Write(Screen screen, IReadOnlyList<ConstraintResult> checks)
    {
        if (checks.Count == 0) return;
        var table = screen.Table();
        table.AddColumn(new TableColumn("").NoWrap());
        table.AddColumn(new TableColumn("Gate").NoWrap());
        table.AddColumn(new TableColumn("Check").NoWrap());
        table.AddColumn(new TableColumn("Value").RightAligned().NoWrap());
        bool wide = screen.Console.Profile.Width >= 110;
        if (wide) table.AddColumn(new TableColumn("Expected"));
        var measured = checks.Where(c => !double.IsNaN(c.Value) || c.Level != ConstraintLevel.Pass).ToList();
        foreach (var check in measured)
        {
            var cells = new List<string> { Mark(check.Level), Screen.Cell(check.Gate), Screen.Cell(check.Name), Value(check.Value) };
            if (wide) cells.Add($"[grey]{Screen.Cell(check.Expected)}[/]");
            table.AddRow([.. cells]);
        }
        screen.Console.Write(table);
        if (measured.Count < checks.Count)
        {
            screen.Markup(
                $"[grey]{checks.Count - measured.Count} more had nothing to measure yet: "
                + $"{Screen.Cell(string.Join(", ", checks.Except(measured).Select(c => c.Name)))}[/]");
        }
        foreach (var check in checks.Where(c => c.Level != ConstraintLevel.Pass))
            screen.Markup($"{Mark(check.Level)} {Screen.Cell(check.Name)}: {Screen.Cell(check.Message)}");
    }

    /// <summary>One line for gates that let a night pass, with the names of what they warned of; all of it where one refused.</summary>
    public static void WriteFolded(Screen screen, IReadOnlyList<ConstraintResult> checks)
    {
        if (checks.Any(c => c.Level == ConstraintLevel.Fail))
        {
            Write(screen, checks);
            return;
        }
        string[] warned = [.. checks.Where(c => c.Level == ConstraintLevel.Warn).Select(c => c.Name)];
        int unmeasured = checks.Count(c => c.Level == ConstraintLevel.Pass && double.IsNaN(c.Value));
        screen.Markup(
            $"[green]{checks.Count - warned.Length - unmeasured} of {Format.Count(checks.Count, "check")} passed[/]"
            + (warned.Length == 0 ? "" : $", [yellow]{Format.Count(warned.Length, "warning")}[/] ({Screen.Cell(string.Join(", ", warned))})")
            + (unmeasured == 0 ? "" : $", {unmeasured} had nothing to measure yet")
            + " [grey]· each of them with its value stands on the run's page of the console[/]");
    }

    private static string Mark(ConstraintLevel level) => level switch
    {
        ConstraintLevel.Pass => "[green]pass[/]",
        ConstraintLevel.Warn => "[yellow]warn[/]",
        _ => "[red]fail[/]",
    };

    private static string Value(double value) =>
        double.IsNaN(value) ? "-" : value == Math.Floor(value) && Math.Abs(value) < 1e15 ? Format.Count((long)value) : Format.Number(value, "0.####");
}
