using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Leases;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Tests.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Tests.Runs.Leases;

[TestClass]
internal sealed class StoreLeaseTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly PipelineOptions _night;

    public StoreLeaseTests()
    {
        SmallNight.WriteLog(_folder.File("log"));
        _night = SmallNight.Options(_folder.File("log"), _folder.File("out"));
        _night.Runs.LeaseTerm = TimeSpan.FromSeconds(1);
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task Of_two_runs_at_once_one_works_and_the_other_is_told_who_and_which_run()
    {
        using var holds = new ManualResetEventSlim();
        using var began = new ManualResetEventSlim();
        var first = Task.Run(() => Run(new Calls(e =>
        {
            if (e is not StageStarted) return;
            began.Set();
            holds.Wait();
        }), new WriterInfo("a", "nightly", "night@1")));
        began.Wait();
        var busy = await Assert.ThrowsExactlyAsync<OutputLockedException>(() => Run(NoObserver.Instance, new WriterInfo("b", "nightly")));
        holds.Set();
        var report = await first;

        Assert.AreEqual((new WriterInfo("a", "nightly", "night@1"), report.RunId), (busy.Holder, busy.RunId));
        StringAssert.Contains(busy.Message, $"is being written by a: nightly, run {report.RunId}, job night@1");
        Assert.AreEqual(RunState.Finished, report.State);
    }

    [TestMethod]
    public async Task A_run_whose_lease_was_taken_over_stops_at_once_and_writes_nothing_down()
    {
        using var place = OutputConnection.OpenForServing(_night.Publish, TimeProvider.System);
        string? runId = null;
        var lost = await Assert.ThrowsExactlyAsync<LeaseLostException>(() => Run(new Calls(e =>
        {
            if (e is RunStarted started) runId = started.RunId;
            if (e is not StageStarted { Stage: StageNames.Train }) return;
            // As another host would after this one fell silent.
            var held = place.Operations.Lease(StoreLease.Name)!;
            place.Operations.Release(new LeaseGrant(held.Name, held.Holder, held.Token));
            Assert.IsNotNull(place.Operations.TryAcquire(StoreLease.Name, "other nightly", TimeSpan.FromMinutes(1)));
        }), new WriterInfo("a", "nightly")));

        StringAssert.Contains(lost.Message, "was lost");
        Assert.AreEqual(RunState.Running, place.Ledger.Run(runId!)!.State, "the run is the other's");
        Assert.AreEqual(StageState.Running, place.Ledger.Stages(runId!)[^1].State);
        Assert.IsNull(place.Store.Current);
        Assert.AreEqual("other nightly", place.Operations.Lease(StoreLease.Name)!.Holder);
    }

    [TestMethod]
    public async Task Progress_and_log_of_a_run_are_in_the_ledger_for_every_host()
    {
        var report = await Run(NoObserver.Instance, new WriterInfo("a", "nightly"));
        using var place = OutputConnection.OpenForReading(_night.Publish, TimeProvider.System);
        var log = place.Operations.Log(report.RunId, 0, 1000);

        StringAssert.StartsWith(log[0].Text, "nightly begins: ingest, embed, train");
        StringAssert.Contains(log[^1].Text, "finished after");
        StringAssert.Contains(log[^1].Text, report.Version!);
        var lists = place.Operations.Progress(report.RunId).Single(p => p.Stage == StageNames.Materialize);
        Assert.AreEqual((lists.Total, "lists", "users"), (lists.Done, lists.Step, lists.Unit));
    }

    private Task<RunReport> Run(IRunObserver observer, WriterInfo holder) =>
        NightlyRun.RunAsync(_night, new RunRequest(), observer, TimeProvider.System, holder: holder);

    private sealed class Calls(Action<RunEvent> on) : IRunObserver
    {
        public void On(RunEvent happened) => on(happened);
    }
}
