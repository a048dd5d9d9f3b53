using System.Diagnostics;
using System.Diagnostics.Metrics;
using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Pipeline.Tests.Runs;

[TestClass]
internal sealed class RunTelemetryTests
{
    [TestMethod]
    public void A_run_is_a_span_with_its_stages_below_and_says_how_long_and_how_much()
    {
        const string RunId = "telemetry-of-this-test";
        var ended = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == RunTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a => { lock (ended) ended.Add(a); },
        };
        ActivitySource.AddActivityListener(listener);
        var seconds = new List<(string Instrument, double Value, string? Stage)>();
        using var meters = new MeterListener { InstrumentPublished = (i, l) => { if (i.Meter.Name == RunTelemetry.Name) l.EnableMeasurementEvents(i); } };
        meters.SetMeasurementEventCallback<double>((i, v, tags, _) =>
        {
            string? stage = tags.ToArray().FirstOrDefault(t => t.Key == "stage").Value as string;
            lock (seconds) seconds.Add((i.Name, v, stage));
        });
        meters.Start();

        var telemetry = new RunTelemetry(NoObserver.Instance);
        telemetry.On(new RunStarted(RunId, "nightly", false, ["first-of-test", "second-of-test"]));
        telemetry.On(new StageStarted("first-of-test", 1, 2, "first run"));
        telemetry.On(new StageMetric("first-of-test", "ingest.rows", 280));
        telemetry.On(new StageFinished("first-of-test", TimeSpan.FromSeconds(3), 1_000));
        telemetry.On(new StageStarted("second-of-test", 2, 2, "first run"));
        telemetry.On(new StageFailed("second-of-test", StageState.Failed, "the disk is full"));
        telemetry.On(new RunEnded(new RunReport(
            RunId, "nightly", RunState.Failed, TimeSpan.FromSeconds(5),
            [new StageReport("first-of-test", StageState.Finished, "", TimeSpan.FromSeconds(3), "", null)], null, "the disk is full")));

        var run = ended.Single(a => (string?)a.GetTagItem("recsys.run.id") == RunId);
        var first = ended.Single(a => a.DisplayName == "stage first-of-test");
        var second = ended.Single(a => a.DisplayName == "stage second-of-test");
        Assert.AreEqual("run nightly", run.DisplayName);
        Assert.AreEqual(ActivityStatusCode.Error, run.Status);
        Assert.AreEqual(run.SpanId, first.ParentSpanId);
        Assert.AreEqual(run.SpanId, second.ParentSpanId);
        Assert.AreEqual(280.0, first.GetTagItem("recsys.metric.ingest.rows"));
        Assert.AreEqual(1_000L, first.GetTagItem("recsys.output_bytes"));
        Assert.AreEqual("finished", first.GetTagItem("recsys.state"));
        Assert.AreEqual(ActivityStatusCode.Error, second.Status);
        CollectionAssert.Contains(seconds, ("recsys.stage.duration", 3.0, "first-of-test"));
        CollectionAssert.Contains(seconds, ("recsys.stage.rows", 280.0, "first-of-test"));
        Assert.IsTrue(seconds.Any(s => s is ("recsys.run.duration", 5.0, null)));
    }
}
