using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Console;

/// <summary>A state as it is shown: never by its colour alone.</summary>
/// <param name="Icon">Name of a shape.</param>
/// <param name="Tone"><c>ok</c>, <c>warn</c>, <c>bad</c>, <c>run</c> or <c>idle</c>.</param>
internal sealed record Mark(string Icon, string Word, string Tone)
{
    public static Mark Of(RunState state) => state switch
    {
        RunState.Running => new Mark("running", "Running", "run"),
        RunState.Finished => new Mark("ok", "Finished", "ok"),
        RunState.Refused => new Mark("refused", "Gate refused", "warn"),
        RunState.Cancelled => new Mark("cancelled", "Cancelled", "idle"),
        _ => new Mark("failed", "Failed", "bad"),
    };

    public static Mark Of(StageState state) => state switch
    {
        StageState.Running => new Mark("running", "Running", "run"),
        StageState.Finished => new Mark("ok", "Finished", "ok"),
        StageState.Reused => new Mark("reused", "Unchanged", "idle"),
        StageState.Refused => new Mark("refused", "Gate refused", "warn"),
        StageState.Cancelled => new Mark("cancelled", "Cancelled", "idle"),
        _ => new Mark("failed", "Failed", "bad"),
    };

    public static Mark Of(JobState state) => state switch
    {
        JobState.Queued => new Mark("queued", "Queued", "run"),
        JobState.Scheduled => new Mark("queued", "Waiting", "run"),
        JobState.Running => new Mark("running", "Running", "run"),
        JobState.Finished => new Mark("ok", "Finished", "ok"),
        JobState.Refused => new Mark("refused", "Gate refused", "warn"),
        JobState.Deleted => new Mark("cancelled", "Deleted", "idle"),
        _ => new Mark("failed", "Failed", "bad"),
    };

    public static Mark Of(ConstraintLevel level) => level switch
    {
        ConstraintLevel.Pass => new Mark("ok", "Pass", "ok"),
        ConstraintLevel.Warn => new Mark("warn", "Warning", "warn"),
        _ => new Mark("failed", "Fail", "bad"),
    };

    /// <summary>A check that had nothing to measure has not passed.</summary>
    public static Mark Of(ConstraintResult check) => IsUnmeasured(check) ? new Mark("reused", "Not measured", "idle") : Of(check.Level);

    public static bool IsUnmeasured(ConstraintResult check) => check.Level == ConstraintLevel.Pass && !double.IsFinite(check.Value);

    public static Mark Of(Pipeline.Publish.VersionState state) => state switch
    {
        Pipeline.Publish.VersionState.Current => new Mark("ok", "Current", "ok"),
        Pipeline.Publish.VersionState.Retired => new Mark("reused", "Retired", "idle"),
        Pipeline.Publish.VersionState.Rejected => new Mark("refused", "Rejected", "warn"),
        _ => new Mark("queued", "Staged", "run"),
    };
}
