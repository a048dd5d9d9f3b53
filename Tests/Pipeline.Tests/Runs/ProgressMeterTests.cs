using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Pipeline.Tests.Runs;

[TestClass]
internal sealed class ProgressMeterTests
{
    [TestMethod]
    public void Rate_and_time_left_count_only_what_this_attempt_did()
    {
        var time = new FixedTime();
        var recorder = new Recorder();
        var meter = new ProgressMeter("materialize", time, recorder);
        meter.Step("lists", 1_000, 5_000, "users");
        time.Now += TimeSpan.FromSeconds(2);
        meter.Step("lists", 2_000, 5_000, "users");

        var last = recorder.Events.OfType<StageProgressed>().Last();
        Assert.AreEqual(500, last.PerSecond, 1e-9);
        Assert.AreEqual(TimeSpan.FromSeconds(6), last.Left);
    }

    [TestMethod]
    public void Time_left_of_the_stage_is_what_earlier_runs_took_less_what_has_passed()
    {
        var time = new FixedTime();
        var recorder = new Recorder();
        var meter = new ProgressMeter("train", time, recorder, usual: 60);
        time.Now += TimeSpan.FromSeconds(20);
        meter.Step("models", 3, 0, "models");
        time.Now += TimeSpan.FromSeconds(50);
        meter.Step("models", 4, 0, "models");

        var said = recorder.Events.OfType<StageProgressed>().ToList();
        Assert.AreEqual((null, TimeSpan.FromSeconds(40)), (said[0].Left, said[0].StageLeft));
        Assert.IsNull(said[1].StageLeft, "it takes longer than it did");
    }

    [TestMethod]
    public void Steps_that_come_too_fast_are_left_out_but_the_last_one_never()
    {
        var time = new FixedTime();
        var recorder = new Recorder();
        var meter = new ProgressMeter("ingest", time, recorder);
        for (int i = 0; i <= 1_000; i++) meter.Step("rows", i, 1_000, "rows");

        Assert.AreEqual(2, recorder.Events.Count);
        Assert.AreEqual(1_000, ((StageProgressed)recorder.Events[^1]).Done);
    }
}
