using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>What a run came to: stages with their times, gates, the version that readers now get.</summary>
internal static class RunView
{
    public static void Write(Screen screen, RunReport report, NightOptions night)
    {
        Stages(screen, report);
        GateView.Write(screen, [.. report.Checks]);
        Outcome(screen, report, night);
    }

    public static void Stages(Screen screen, RunReport report)
    {
        var table = screen.Table();
        table.AddColumns("Stage", "State", "Took", "Kept");
        foreach (var column in table.Columns) column.NoWrap();
        table.Columns[2].RightAligned();
        table.Columns[3].RightAligned();
        foreach (var stage in report.Stages)
            table.AddRow(
                Screen.Cell(stage.Stage),
                stage.State == StageState.Finished ? "[green]done[/]" : stage.State == StageState.Reused ? "[green]unchanged[/]" : $"[red]{stage.State.ToString().ToLowerInvariant()}[/]",
                Wording.Duration(stage.Took),
                stage.Manifest is { } m ? Wording.Bytes(m.Outputs.Sum(o => o.Bytes)) : "");
        screen.Console.Write(table);
    }

    public static void Outcome(Screen screen, RunReport report, NightOptions night)
    {
        string took = Wording.Duration(report.Took);
        screen.Markup(report.Version is { } version
            ? $"[green bold]Published version {Screen.Cell(version)}[/] in {took} [grey]· run {Screen.Cell(report.RunId)} · {Screen.Cell(night.Publish.Path)}[/]"
            : $"[bold]{Screen.Cell(report.Job)}[/]: {report.State.ToString().ToLowerInvariant()} in {took} [grey]· run {Screen.Cell(report.RunId)} · {Screen.Cell(night.Publish.Path)}[/]");
    }

    public static object Json(RunReport report, NightOptions night) => new
    {
        report.RunId,
        report.Job,
        report.State,
        report.Version,
        Output = night.Publish.Path,
        Seconds = report.Took.TotalSeconds,
        report.Message,
        Stages = report.Stages.Select(s => new { s.Stage, s.State, s.Reason, Seconds = s.Took.TotalSeconds, s.Manifest?.Metrics, s.Manifest?.Facts }),
        Checks = report.Checks,
    };
}
