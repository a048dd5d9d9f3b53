using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Jobs.Scheduling.Executions;

/// <summary>Tells which run an execution is in, as soon as it has one.</summary>
internal sealed class RunOfExecution(Action<string> began) : IRunObserver
{
    public void On(RunEvent happened)
    {
        if (happened is RunStarted started) began(started.RunId);
    }
}
