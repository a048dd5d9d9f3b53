using System.Globalization;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Constrain;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>What the shop's rules did and cost, as a table.</summary>
internal static class RulesView
{
    public static void Write(Screen screen, RulesReport report)
    {
        var table = screen.Table();
        table.AddColumn(new TableColumn("#").RightAligned().NoWrap());
        table.AddColumn("Rule");
        table.AddColumn(new TableColumn("Kind").NoWrap());
        foreach (string column in (string[])["Items", "Placed", "Yielded", "Given up"]) table.AddColumn(new TableColumn(column).RightAligned().NoWrap());
        foreach (var rule in report.Rules)
        {
            table.AddRow(
                rule.Number.ToString(CultureInfo.InvariantCulture), Screen.Cell(rule.Name), rule.Kind, rule.Active ? Items(rule) : "[grey]not tonight[/]",
                rule.Active ? Format.Count(rule.Placed) : "", rule.Active ? Held(rule) : "", Screen.Cell(RuleText.Cost(rule)));
        }
        screen.Console.Write(table);
        if (report.Allocation is { } a)
        {
            screen.Line(
                $"{Format.Count(a.Bounds)} limits and floors over {Format.Count(report.Lists)} lists: {Format.Count(a.Broken)} limits broken, "
                + $"{Format.Count(a.Unmet)} floors not met, {Format.Count(a.Changed)} lists changed; "
                + $"at most {Format.Share(a.Gap)} below the best that can be.");
        }
        foreach (string warning in report.Warnings) screen.Line("Warning: " + warning);
    }

    private static string Items(RuleOutcome rule) => rule.Items < 0 ? "all" : Format.Count(rule.Items);

    private static string Held(RuleOutcome rule) =>
        rule.Kind is "limit" or "floor"
            ? rule.Unmet > 0 ? $"{Format.Count(rule.Unmet)} of {Format.Count(rule.Bounds)} not met"
                : $"{Format.Count(rule.Binding)} of {Format.Count(rule.Bounds)} bind"
            : Format.Count(rule.Yielded);
}
