using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Jobs.Tests.Host.Telemetry;

/// <summary>What a run of one stage says, without running.</summary>
internal static class MadeUpRun
{
    /// <summary>Tests run side by side and share source and meter: each names a stage of its own.</summary>
    public static void Of(string stage)
    {
        var run = new RunTelemetry(NoObserver.Instance);
        run.On(new RunStarted("run-of-" + stage, "nightly", false, [stage]));
        run.On(new StageStarted(stage, 1, 1, "first run"));
        run.On(new StageMetric(stage, "ingest.rows", 280));
        run.On(new StageFinished(stage, TimeSpan.FromSeconds(3), 1_000));
        run.On(
            new RunEnded(new RunReport(
                "run-of-" + stage, "nightly", RunState.Finished, TimeSpan.FromSeconds(5),
                [new StageReport(stage, StageState.Finished, "", TimeSpan.FromSeconds(3), "", null)], "v1", null)));
    }
}
