using System.Globalization;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Experiment;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>What the two groups ordered, and what was bought of what lists showed.</summary>
internal static class ExperimentView
{
    public static void Write(Screen screen, ExperimentReport report)
    {
        if (report.Effects.Count > 0) Effects(screen, report);
        if (report.Attributed.Count > 0) Attributed(screen, report);
        if (report.Newcomers > 0)
            screen.Markup($"[grey]{Format.Count(report.Newcomers, "customer")} came since {Screen.Cell(report.Since)} and are not compared[/]");
        screen.Markup($"[bold]{Screen.Cell(report.Decision)}[/]");
    }

    private static void Effects(Screen screen, ExperimentReport report)
    {
        var table = screen.Table();
        table.AddColumn(new TableColumn("Measured over").NoWrap());
        table.AddColumn(new TableColumn("a customer's").NoWrap());
        foreach (string name in (string[])["personal", "control", "difference, CUPED", "difference", "customers", "in control"])
            table.AddColumn(new TableColumn(name).RightAligned().NoWrap());
        foreach (var row in report.Effects)
        {
            table.AddRow(
                Screen.Cell($"{row.Scope}, {row.From} to {row.Until}{(row.IsOver ? "" : ", so far")}"), Screen.Cell(row.Outcome),
                Number(row.Measured?.Personal), Number(row.Measured?.Control), Signed(row.Measured?.Adjusted), Signed(row.Measured?.Difference),
                Format.Count(row.PersonalUsers), Format.Count(row.ControlUsers));
        }
        screen.Console.Write(table);
    }

    private static void Attributed(Screen screen, ExperimentReport report)
    {
        var table = screen.Table();
        table.AddColumn(new TableColumn("Attributed by").NoWrap());
        table.AddColumn("");
        foreach (string name in (string[])["purchases", "orders", "orders a customer", "revenue", "revenue a customer"])
            table.AddColumn(new TableColumn(name).RightAligned().NoWrap());
        foreach (var row in report.Attributed)
        {
            table.AddRow(
                Screen.Cell(row.By), Screen.Cell(row.Name), Format.Count(row.Purchases), Format.Count(row.Orders), Mean(row.OrdersPerUser),
                report.HasRevenue ? Number(row.Revenue) : "-", report.HasRevenue ? Mean(row.RevenuePerUser) : "-");
        }
        screen.Console.Write(table);
    }

    private static string Mean(Interval mean) => $"{Number(mean.Value)} [grey]{Number(mean.Low)}..{Number(mean.High)}[/]";

    private static string Signed(Interval? of) => of is { } i ? $"{Sign(i.Value)} [grey]{Sign(i.Low)}..{Sign(i.High)}[/]" : "-";

    private static string Number(double? value) =>
        value is { } v && double.IsFinite(v) ? v.ToString("#,0.###", CultureInfo.InvariantCulture) : "-";

    private static string Sign(double value) => value.ToString("+#,0.###;-#,0.###;0", CultureInfo.InvariantCulture);
}
