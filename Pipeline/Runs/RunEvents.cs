using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs;

/// <summary>Receives what happens in a run, in order, one call at a time.</summary>
internal interface IRunObserver
{
    void On(RunEvent happened);
}

internal sealed class NoObserver : IRunObserver
{
    public static readonly NoObserver Instance = new();

    public void On(RunEvent happened)
    {
    }
}

/// <summary>Something that happened in a run.</summary>
internal abstract record RunEvent;

/// <param name="Resumed">The run had been started before and resumes from its last finished stage.</param>
/// <param name="Stages">Names of the stages, in order.</param>
internal sealed record RunStarted(string RunId, string Job, bool Resumed, IReadOnlyList<string> Stages) : RunEvent;

/// <param name="Number">1 for the first stage.</param>
/// <param name="Reason">Why it runs rather than being skipped.</param>
internal sealed record StageStarted(string Stage, int Number, int Of, string Reason) : RunEvent
{
    /// <summary>What earlier runs say of the stage; null where they say nothing.</summary>
    public Estimates.StageEstimate? Estimate { get; init; }
}

/// <param name="FromRun">The run whose outputs stand in.</param>
internal sealed record StageSkipped(string Stage, int Number, int Of, string FromRun, string Reason) : RunEvent;

/// <param name="Total">0 where it is unknown.</param>
/// <param name="PerSecond">Units a second since the step began; 0 before anything is done.</param>
/// <param name="Left">Time left at that rate; null where it is unknown.</param>
internal sealed record StageProgressed(string Stage, string Step, long Done, long Total, string Unit, double PerSecond, TimeSpan? Left) : RunEvent
{
    /// <summary>Time left of the whole stage by what it took in earlier runs; null where they say nothing, or it takes longer now.</summary>
    public TimeSpan? StageLeft { get; init; }
}

internal sealed record StageMetric(string Stage, string Name, double Value) : RunEvent;

internal sealed record StageNote(string Stage, string Message) : RunEvent;

internal sealed record StageChecked(string Stage, ConstraintResult Result) : RunEvent;

internal sealed record StageFinished(string Stage, TimeSpan Took, long OutputBytes) : RunEvent;

internal sealed record StageFailed(string Stage, StageState State, string Message) : RunEvent;

internal sealed record RunEnded(RunReport Report) : RunEvent;
