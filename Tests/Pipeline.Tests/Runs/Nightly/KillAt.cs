using System.Diagnostics;
using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

/// <summary>Kills its own process, as kill -9 would, when a stage begins, is at work, or has just ended.</summary>
internal sealed class KillAt(string stage, string moment) : IRunObserver
{
    private int _steps;

    public void On(RunEvent happened)
    {
        bool now = happened switch
        {
            StageStarted e => e.Stage == stage && moment == "start",
            // The second word of a stage's progress: it is at work, and has not ended.
            StageProgressed e => e.Stage == stage && ++_steps == moment switch { "middle" => 2, "third step" => 3, _ => 0 },
            StageFinished e => e.Stage == stage && moment == "end",
            _ => false,
        };
        if (now) Process.GetCurrentProcess().Kill();
    }
}
