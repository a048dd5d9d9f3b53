using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs;

/// <summary>Receives what happens in a run, in order, one call at a time.</summary>
public interface IRunObserver
{
    void On(RunEvent happened);
}

public sealed class NoObserver : IRunObserver
{
    public static readonly NoObserver Instance = new();

    public void On(RunEvent happened)
    {
    }
}

/// <summary>Something that happened in a run.</summary>
public abstract record RunEvent;

/// <param name="Resumed">The run had been started before and resumes from its last finished stage.</param>
/// <param name="Stages">Names of the stages, in order.</param>
public sealed record RunStarted(string RunId, string Job, bool Resumed, IReadOnlyList<string> Stages) : RunEvent;

/// <param name="Number">1 for the first stage.</param>
/// <param name="Reason">Why it runs rather than being skipped.</param>
public sealed record StageStarted(string Stage, int Number, int Of, string Reason) : RunEvent;

/// <param name="FromRun">The run whose outputs stand in.</param>
public sealed record StageSkipped(string Stage, int Number, int Of, string FromRun, string Reason) : RunEvent;

/// <param name="Total">0 where it is unknown.</param>
/// <param name="PerSecond">Units a second since the step began; 0 before anything is done.</param>
/// <param name="Left">Time left at that rate; null where it is unknown.</param>
public sealed record StageProgressed(string Stage, string Step, long Done, long Total, string Unit, double PerSecond, TimeSpan? Left) : RunEvent;

public sealed record StageMetric(string Stage, string Name, double Value) : RunEvent;

public sealed record StageNote(string Stage, string Message) : RunEvent;

public sealed record StageChecked(string Stage, ConstraintResult Result) : RunEvent;

public sealed record StageFinished(string Stage, TimeSpan Took, long OutputBytes) : RunEvent;

public sealed record StageFailed(string Stage, StageState State, string Message) : RunEvent;

public sealed record RunEnded(RunReport Report) : RunEvent;
