using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Estimates;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>A run as plain lines for files and pipes: starts, ends, remarks, failed checks, and progress every few seconds.</summary>
internal sealed class PlainRun(Screen screen, TimeProvider time) : IRunObserver
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private long _said = time.GetTimestamp();

    public void On(RunEvent happened)
    {
        string? line = happened switch
        {
            RunStarted s when s.RunId == s.Job => null,
            RunStarted s => $"run {s.RunId}: {s.Job}{(s.Resumed ? ", resumed" : "")}",
            StageStarted s => $"[{s.Number}/{s.Of}] {s.Stage}{(s.Reason.Length > 0 ? $": {s.Reason}" : "")}{Usual(s.Estimate)}",
            StageSkipped s => $"[{s.Number}/{s.Of}] {s.Stage}: unchanged, taken from {s.FromRun}",
            StageNote s => $"      {s.Message}",
            StageChecked { Result.Level: not ConstraintLevel.Pass } s =>
                $"      {s.Result.Level.ToString().ToLowerInvariant()}: {s.Result.Name}: {s.Result.Message}",
            StageFinished s => $"      {s.Stage} took {Format.Duration(s.Took)}{(s.OutputBytes > 0 ? $", {Format.Bytes(s.OutputBytes)} kept" : "")}",
            StageFailed s => $"      {s.Stage}: {s.State.ToString().ToLowerInvariant()}",
            StageProgressed s when time.GetElapsedTime(_said) >= Pause => Progress(s),
            _ => null,
        };
        if (line is null) return;
        _said = time.GetTimestamp();
        screen.Line(line);
    }

    private static string Usual(StageEstimate? estimate) => estimate is null
        ? ""
        : $" (about {Format.Duration(TimeSpan.FromSeconds(estimate.Seconds))}, by {PlanView.EarlierRuns(estimate.Runs)})";

    private static string Progress(StageProgressed p)
    {
        string of = p.Total > 0 ? $" of {Format.Count(p.Total)}" : "";
        string rate = p.PerSecond > 0 ? $", {Format.Rate(p.PerSecond, p.Unit)}" : "";
        string left = p.Left is { } t ? $", {Format.Duration(t)} left"
            : p.StageLeft is { } ofStage ? $", about {Format.Duration(ofStage)} left of the stage" : "";
        return $"      {p.Step}: {Format.Count(p.Done)}{of} {Format.Plural(p.Unit)}{rate}{left}";
    }
}
