using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Tests.Runs;

[TestClass]
internal sealed class RunEngineTests : IDisposable
{
    private readonly TempFolder _out = new();
    private readonly FixedTime _time = new();
    private readonly TextStage _first = new("first");
    private readonly TextStage _second = new("second", "first");
    private readonly TextStage _third = new("third", "second");
    private readonly SqlRunLedger _ledger;

    public RunEngineTests() => _ledger = new SqlRunLedger(new SqliteDatabase(_out.File("recsys.db")));

    public void Dispose() => _out.Dispose();

    [TestMethod]
    public async Task An_equal_run_skips_every_stage_and_says_from_which_run()
    {
        var first = await Run();
        var recorder = new Recorder();
        var second = await Run(recorder);

        Assert.AreEqual(0, recorder.Ran.Count);
        Assert.IsTrue(recorder.Events.OfType<StageSkipped>().All(s => s.FromRun == first.RunId));
        Assert.AreNotEqual(first.RunId, second.RunId);
        Assert.AreEqual("third:a(second:a(first:a()))", Text(second, "third"));
    }

    [TestMethod]
    public async Task A_changed_option_runs_its_stage_and_what_takes_from_it()
    {
        await Run();
        _second.Option = "b";
        var recorder = new Recorder();
        var report = await Run(recorder);

        CollectionAssert.AreEqual(new[] { "second", "third" }, recorder.Ran.ToArray());
        StringAssert.Contains(recorder.Events.OfType<StageStarted>().First().Reason, "Text:Option");
        Assert.AreEqual("third:a(second:b(first:a()))", Text(report, "third"));
    }

    [TestMethod]
    public async Task A_changed_source_whose_result_is_equal_stops_at_its_stage()
    {
        await Run();
        _first.Files["log"] = "other hash";
        var recorder = new Recorder();
        await Run(recorder);

        CollectionAssert.AreEqual(new[] { "first" }, recorder.Ran.ToArray());
    }

    [TestMethod]
    public async Task Changed_code_and_a_changed_seed_run_again()
    {
        await Run();
        _third.CodeVersion = "2";
        var recorder = new Recorder();
        await Run(recorder);
        CollectionAssert.AreEqual(new[] { "third" }, recorder.Ran.ToArray());

        recorder = new Recorder();
        await Engine(recorder, seed: 7).RunAsync(new RunRequest());
        Assert.AreEqual(3, recorder.Ran.Count);
    }

    [TestMethod]
    [DataRow("first", 3)]
    [DataRow("second", 2)]
    [DataRow("third", 1)]
    public async Task A_run_that_failed_goes_on_at_the_stage_that_failed(string at, int left)
    {
        var stage = new[] { _first, _second, _third }.Single(s => s.Name == at);
        stage.Before = _ => throw new RunFailedException("the power went");
        await Assert.ThrowsExactlyAsync<RunFailedException>(() => Run());
        string runId = _ledger.Runs(1)[0].RunId;
        Assert.AreEqual(RunState.Failed, _ledger.Run(runId)!.State);
        stage.Before = null;
        var recorder = new Recorder();
        var report = await Run(recorder);

        Assert.AreEqual(runId, report.RunId);
        Assert.AreEqual(left, recorder.Ran.Count);
        Assert.IsTrue(recorder.Events.OfType<RunStarted>().Single().Resumed);
        Assert.AreEqual(2, _ledger.Run(runId)!.Attempts);
        Assert.AreEqual(RunState.Finished, _ledger.Run(runId)!.State);
        Assert.AreEqual("third:a(second:a(first:a()))", Text(report, "third"));
    }

    [TestMethod]
    public async Task Changed_options_start_a_new_run_that_reuses_stages_of_a_stopped_one()
    {
        _third.Before = _ => throw new RunFailedException("stop");
        await Assert.ThrowsExactlyAsync<RunFailedException>(() => Run());
        string interrupted = _ledger.Runs(1)[0].RunId;
        _third.Before = null;
        _third.Option = "b";
        var recorder = new Recorder();
        var report = await Run(recorder);

        Assert.AreNotEqual(interrupted, report.RunId);
        CollectionAssert.AreEqual(new[] { "first", "second" }, recorder.Skipped.ToArray());
    }

    [TestMethod]
    public async Task Only_a_stage_that_can_go_on_keeps_what_a_killed_attempt_left()
    {
        foreach (bool resumable in new[] { false, true })
        {
            _second.Resumable = resumable;
            _second.Option = resumable.ToString();
            _second.Before = work =>
            {
                File.WriteAllText(work.Output("block"), "kept");
                throw new RunFailedException("stop");
            };
            await Assert.ThrowsExactlyAsync<RunFailedException>(() => Run());
            bool found = false;
            _second.Before = work => found = File.Exists(work.Output("block"));
            await Run();
            Assert.AreEqual(resumable, found);
        }
    }

    [TestMethod]
    public async Task A_changed_byte_in_an_artifact_is_found_and_the_artifact_made_again()
    {
        var before = await Run();
        string artifact = _out.File("runs", before.RunId, "second", "out.txt");
        string text = File.ReadAllText(artifact);
        File.WriteAllText(artifact, text.Replace('a', 'x'));
        var recorder = new Recorder();
        var report = await Run(recorder);

        CollectionAssert.AreEqual(new[] { "second" }, recorder.Ran.ToArray());
        StringAssert.Contains(recorder.Events.OfType<StageStarted>().Single().Reason, "SHA-256");
        Assert.AreEqual(text, Text(report, "second"));
    }

    [TestMethod]
    public async Task A_failed_check_refuses_the_run_with_both_values_before_later_stages()
    {
        _second.Results.Add(new ConstraintResult("model", "ndcg.min", ConstraintLevel.Fail, 0.1, "at least 0.2", "The model is worse than last night's."));
        _second.Results.Add(new ConstraintResult("model", "coverage", ConstraintLevel.Pass, 0.5, "at least 0.2", ""));
        var refused = await Assert.ThrowsExactlyAsync<GateRefusedException>(() => Run());

        Assert.AreEqual(3, refused.ExitCode);
        Assert.AreEqual("model", refused.Gate);
        StringAssert.Contains(refused.Message, "ndcg.min is 0.1, expected at least 0.2");
        Assert.AreEqual(0, _third.Times);
        var run = _ledger.Runs(1)[0];
        Assert.AreEqual(RunState.Refused, run.State);
        Assert.AreEqual(2, _ledger.Checks(run.RunId).Count);

        // A refused result never stands in for a run, and the refusal is not taken up again as if it were a crash.
        await Assert.ThrowsExactlyAsync<GateRefusedException>(() => Run());
        Assert.AreEqual(2, _second.Times);
        Assert.AreNotEqual(run.RunId, _ledger.Runs(1)[0].RunId);
    }

    [TestMethod]
    public async Task Cancelling_leaves_a_run_that_goes_on()
    {
        using var cancel = new CancellationTokenSource();
        _second.Before = _ => cancel.Cancel();
        await Assert.ThrowsAsync<OperationCanceledException>(() => Engine().RunAsync(new RunRequest(), cancel.Token));
        Assert.AreEqual(RunState.Cancelled, _ledger.Runs(1)[0].State);
        _second.Before = null;
        var recorder = new Recorder();
        await Run(recorder);

        CollectionAssert.AreEqual(new[] { "second", "third" }, recorder.Ran.ToArray());
    }

    [TestMethod]
    public async Task From_forces_a_stage_and_what_takes_from_it()
    {
        await Run();
        var recorder = new Recorder();
        await Engine(recorder).RunAsync(new RunRequest(From: "second"));

        CollectionAssert.AreEqual(new[] { "second", "third" }, recorder.Ran.ToArray());
    }

    [TestMethod]
    public async Task A_job_runs_what_its_stage_takes_from_and_no_more()
    {
        var report = await Engine().RunAsync(new RunRequest("second"));

        CollectionAssert.AreEqual(new[] { "first", "second" }, report.Stages.Select(s => s.Stage).ToArray());
        var wrong = await Assert.ThrowsExactlyAsync<ConfigurationException>(() => Engine().RunAsync(new RunRequest("secnd")));
        StringAssert.Contains(wrong.Message, "nightly, delta, first, second, third");
    }

    [TestMethod]
    public async Task A_dry_run_says_what_would_run_and_why_and_changes_nothing()
    {
        await Run();
        _second.Option = "b";
        int runs = _ledger.Runs(10).Count;
        var plan = Engine().Plan(new RunRequest());

        CollectionAssert.AreEqual(new[] { false, true, true }, plan.Select(p => p.Runs).ToArray());
        StringAssert.Contains(plan[1].Reason, "Text:Option");
        StringAssert.Contains(plan[2].Reason, "second");
        Assert.AreEqual(runs, _ledger.Runs(10).Count);
        Assert.AreEqual(1, _second.Times);
    }

    [TestMethod]
    public async Task A_dry_run_says_how_long_stages_took_and_a_run_tells_at_their_start()
    {
        Assert.IsTrue(Engine().Plan(new RunRequest()).All(p => p is { Runs: true, Estimate: null }), "the first night");
        _second.Before = _ => _time.Now += TimeSpan.FromSeconds(7);
        var report = await Run();
        _second.Option = "b";

        var plan = Engine().Plan(new RunRequest());
        var recorder = new Recorder();
        await Run(recorder);

        Assert.IsNull(plan[0].Estimate, "it would not run");
        Assert.AreEqual((7.0, 7.0, 7.0, 1), (plan[1].Estimate!.Seconds, plan[1].Estimate!.Low, plan[1].Estimate!.High, plan[1].Estimate!.Runs));
        Assert.IsTrue(plan[1].Estimate!.PeakBytes > 1 << 20, $"{plan[1].Estimate!.PeakBytes} bytes");
        Assert.AreEqual(plan[1].Estimate!.PeakBytes, report.Metric("second", "stage.peak_bytes"));
        Assert.AreEqual(7.0, recorder.Events.OfType<StageStarted>().First(s => s.Stage == "second").Estimate!.Seconds);
    }

    [TestMethod]
    public async Task Estimates_have_no_part_in_a_hash()
    {
        _second.Before = _ => _time.Now += TimeSpan.FromSeconds(100);
        var first = await Run();
        var recorder = new Recorder();
        var again = await Engine(recorder).RunAsync(new RunRequest(From: "first"));

        Assert.IsNotNull(recorder.Events.OfType<StageStarted>().Single(s => s.Stage == "second").Estimate);
        CollectionAssert.AreEqual(first.Stages.Select(s => s.Manifest!.Hash).ToArray(), again.Stages.Select(s => s.Manifest!.Hash).ToArray());
    }

    [TestMethod]
    public async Task A_result_that_is_stale_runs_again()
    {
        await Run();
        _third.Stale = "its version was deleted";
        var recorder = new Recorder();
        await Run(recorder);

        Assert.AreEqual("its version was deleted", recorder.Events.OfType<StageStarted>().Single().Reason);
    }

    [TestMethod]
    public async Task Old_runs_are_deleted_but_not_those_whose_artifacts_are_in_use()
    {
        var first = await Run();
        for (int night = 0; night < 5; night++)
        {
            _third.Option = $"night {night}";
            await Engine(keep: 2).RunAsync(new RunRequest());
        }

        var left = new RunFolders(_out.Path).Ids();
        Assert.AreEqual(3, left.Count);
        Assert.AreEqual(first.RunId, left[0]);
        var recorder = new Recorder();
        await Run(recorder);
        Assert.AreEqual(0, recorder.Ran.Count);
    }

    [TestMethod]
    public async Task A_full_disk_fails_with_one_message_and_the_next_run_recovers()
    {
        _second.Before = _ => throw new IOException("No space left on device");
        var failed = await Assert.ThrowsExactlyAsync<RunFailedException>(() => Run());
        StringAssert.Contains(failed.Message, "second");
        StringAssert.Contains(failed.Message, "No space left on device");
        _second.Before = null;
        var report = await Run();

        Assert.AreEqual("third:a(second:a(first:a()))", Text(report, "third"));
        Assert.AreEqual(1, _first.Times);
    }

    [TestMethod]
    public void Run_ids_sort_in_the_order_of_the_runs_when_the_clock_goes_back()
    {
        var folders = new RunFolders(_out.Path);
        string before = folders.Next(_time.Now);
        Directory.CreateDirectory(folders.Of(before));
        string after = folders.Next(_time.Now.AddYears(-1));

        Assert.IsTrue(string.CompareOrdinal(before, after) < 0, $"{before} {after}");
    }

    [TestMethod]
    public async Task An_undeclared_input_cannot_be_opened()
    {
        _third.Before = work => work.Input("first", "out.txt");
        await Assert.ThrowsExactlyAsync<ArgumentException>(() => Run());
    }

    private Task<RunReport> Run(IRunObserver? observer = null) => Engine(observer).RunAsync(new RunRequest());

    private RunEngine Engine(IRunObserver? observer = null, ulong seed = 42, int keep = 100) =>
        new(_out.Path, new StageGraph(_first, _second, _third), new RunsOptions { Seed = seed, Keep = keep }, _ledger, _time, observer ?? NoObserver.Instance);

    private static string Text(RunReport report, string stage) => File.ReadAllText(Path.Combine(report.Stages.Single(s => s.Stage == stage).Folder, "out.txt"));
}
