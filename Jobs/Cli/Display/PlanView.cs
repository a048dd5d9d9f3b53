using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Estimates;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>All that would run, together.</summary>
/// <param name="Seconds">The sum over stages with an estimate; null where none has one.</param>
/// <param name="PeakBytes">The most of any stage; null where none has written it down.</param>
/// <param name="WithoutEstimate">Stages that would run and of which no earlier run tells.</param>
internal sealed record PlanTotal(double? Seconds, double? Low, double? High, long? PeakBytes, int WithoutEstimate);

/// <summary>What a run would do: a line a stage, with the time and the memory that earlier runs of the folder say.</summary>
internal static class PlanView
{
    public static PlanTotal Write(Screen screen, IReadOnlyList<StagePlan> plan, PipelineOptions night)
    {
        var total = TotalOf(plan);
        var table = screen.Table();
        table.AddColumns("Stage", "");
        table.AddColumn(new TableColumn("Time").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("Memory").RightAligned().NoWrap());
        table.AddColumn("Why");
        foreach (var stage in plan)
        {
            var estimate = stage.Estimate;
            table.AddRow(
                Screen.Cell(stage.Stage),
                stage.Runs ? "[yellow]would run[/]" : "[green]unchanged[/]",
                estimate is null ? stage.Runs ? "not known" : "" : Time(estimate.Seconds, estimate.Low, estimate.High),
                estimate?.PeakBytes is { } bytes ? Format.Bytes(bytes) : "",
                Screen.Cell(stage.Runs ? stage.Reason : $"{stage.Reason} (from {stage.FromRun})"));
        }
        if (total.Seconds is { } seconds)
        {
            string memory = total.PeakBytes is { } most ? Format.Bytes(most) : "";
            table.AddRow("[bold]together[/]", "", Time(seconds, total.Low!.Value, total.High!.Value), memory, "");
        }
        screen.Console.Write(table);
        foreach (string line in Remarks(plan, total, night)) screen.Line(line);
        return total;
    }

    internal static PlanTotal TotalOf(IReadOnlyList<StagePlan> plan)
    {
        var estimates = plan.Select(s => s.Estimate).OfType<StageEstimate>().ToList();
        return new PlanTotal(
            estimates.Count == 0 ? null : estimates.Sum(e => e.Seconds), estimates.Count == 0 ? null : estimates.Sum(e => e.Low),
            estimates.Count == 0 ? null : estimates.Sum(e => e.High), estimates.Max(e => e.PeakBytes), plan.Count(s => s.Runs && s.Estimate is null));
    }

    private static IEnumerable<string> Remarks(IReadOnlyList<StagePlan> plan, PlanTotal total, PipelineOptions night)
    {
        if (!plan.Any(s => s.Runs)) yield break;
        var source = plan.Select(s => s.Source).FirstOrDefault(s => s is not null);
        string rows = source is null ? "" : $"The log has {Format.Count(source.Rows, "row")}, {Format.Count(source.NewRows)} of them new. ";
        if (total.Seconds is null)
        {
            yield return $"{rows}No earlier run of this folder says how long that takes.";
            foreach (string line in FirstNight.Words(night, source)) yield return line;
            yield break;
        }
        int runs = plan.Max(s => s.Estimate?.Runs ?? 0);
        yield return $"{rows}Times are the median of up to {EarlierRuns(runs)} of this folder and their range, in proportion to the rows; "
            + "memory is the most that the process had.";
        if (total.WithoutEstimate > 0) yield return $"{Format.Count(total.WithoutEstimate, "stage")} of which no earlier run tells "
            + (total.WithoutEstimate == 1 ? "comes on top." : "come on top.");
    }

    /// <summary>Runs before this one, with their number.</summary>
    public static string EarlierRuns(int runs) => $"{Format.Count(runs)} earlier {(runs == 1 ? "run" : "runs")}";

    private static string Time(double seconds, double low, double high)
    {
        string middle = Format.Duration(TimeSpan.FromSeconds(seconds));
        var (from, to) = (Format.Duration(TimeSpan.FromSeconds(low)), Format.Duration(TimeSpan.FromSeconds(high)));
        return from == to ? middle : $"{middle} [grey]({from} to {to})[/]";
    }
}
