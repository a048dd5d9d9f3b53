using System.Globalization;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Feedback.Estimates;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>What impressions and clicks say of each arm, and what the next night does about it.</summary>
internal static class FeedbackView
{
    public static void Write(Screen screen, FeedbackReport report)
    {
        screen.Markup(
            $"[bold]{Format.Count(report.Rows)} rows in[/] = {Format.Count(report.Joined)} joined + {Format.Count(report.Rejected.Values.Sum())} set aside "
            + $"[grey]({Screen.Cell(report.Rejected.Count == 0 ? "none" : string.Join(", ", report.Rejected.Select(r => $"{r.Key} {Format.Count(r.Value)}")))}"
            + $")[/]");
        screen.Markup(
            $"[bold]{Format.Count(report.Lists)} lists[/] seen by {Format.Count(report.Users)} users "
            + $"[grey]({Screen.Cell(string.Join(", ", report.ListsByVersion.Select(v => $"{v.Key}: {Format.Count(v.Value)}")))})[/]");
        if (report.Arms.Count > 0) Estimates(screen, report);
        if (report.Steps.Count > 0) Steps(screen, report);
        if (report.Looks is { } looks)
        {
            screen.Markup(
                $"[grey]{Format.Count(looks.Number, "look")} at the policy in force by {Format.Count(looks.Lists, "list")}, level spent "
                + $"{looks.Spent.ToString("0.####", CultureInfo.InvariantCulture)}, next look at {Format.Count(looks.NextAt)} lists[/]");
        }
        screen.Markup($"[bold]{Screen.Cell(report.Decision)}[/]");
        if (report.Clicks is { } clicks) ClickView.Write(screen, clicks);
    }

    private static void Estimates(Screen screen, FeedbackReport report)
    {
        var table = screen.Table();
        table.AddColumn(new TableColumn("Policy").NoWrap());
        foreach (string name in (string[])[
            $"{(report.Reward == nameof(ListReward.AnyClick) ? "lists clicked" : "clicks a list")}, doubly robust",
            "SNIPS", "IPS", "as it is", "effective users", "clicks"])
        {
            table.AddColumn(new TableColumn(name).RightAligned().NoWrap());
        }
        foreach (var arm in report.Arms) Add(table, arm.Estimate, Number(arm.Naive));
        foreach (var policy in new[] { report.Published, report.Current, report.Candidate })
            if (policy is not null) Add(table, policy, "");
        screen.Console.Write(table);
    }

    private static void Add(Table table, PolicyEstimate e, string naive) => table.AddRow(
        Screen.Cell(e.Policy),
        e.IsConclusive
            ? $"{Number(e.DoublyRobust.Value)} [grey]{Number(e.DoublyRobust.Low)}..{Number(e.DoublyRobust.High)}[/]"
            : $"[yellow]{Screen.Cell(e.Refusal!)}[/]",
        e.IsConclusive ? Number(e.Snips.Value) : "-", e.IsConclusive ? Number(e.Ips.Value) : "-", naive,
        Format.Count((long)e.EffectiveUsers), Format.Count((long)e.EffectiveClicks));

    private static void Steps(Screen screen, FeedbackReport report)
    {
        var table = screen.Table();
        table.AddColumn(new TableColumn("Users with").NoWrap());
        table.AddColumn(new TableColumn("seen").RightAligned().NoWrap());
        foreach (var arm in report.Arms)
            table.AddColumn(new TableColumn($"lambda {arm.Lambda.ToString("0.####", CultureInfo.InvariantCulture)}").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("gain of such a step").RightAligned().NoWrap());
        table.AddColumn("");
        foreach (var step in report.Steps)
            table.AddRow([
                Screen.Cell(step.Context),
                Format.Count(step.Users),
                .. step.Before.Zip(step.Candidate, (before, after) => step.Moves ? $"[grey]{Share(before)} →[/] {Share(after)}" : Share(before)),
                double.IsFinite(step.Gain.Value) ? $"{Signed(step.Gain.Value)} [grey]{Signed(step.Gain.Low)}..{Signed(step.Gain.High)}[/]" : "-",
                step.Moves ? "[green]moves[/]" : Screen.Cell($"stays: {step.Why}"),
            ]);
        screen.Console.Write(table);
    }

    private static string Number(double value) => Format.Number(value, "0.000");

    private static string Share(double value) => value.ToString("0.0%", CultureInfo.InvariantCulture);

    private static string Signed(double value) => value.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture);
}
