using System.Text.Json;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Pipeline.Train.Hybrid;
using Recsys.Batch.Pipeline.Train.Tune;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

[TestClass]
internal sealed class NightTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public NightTests() => SmallNight.WriteLog(_folder.File("log"));

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task One_thread_and_two_threads_publish_the_same_bytes()
    {
        await SmallNight.Run(Options("one", threads: 1));
        await SmallNight.Run(Options("two", threads: 2));

        Assert.AreEqual(SmallNight.Manifest(_folder.File("one")), SmallNight.Manifest(_folder.File("two")));
    }

    [TestMethod]
    public async Task A_night_publishes_lists_metrics_and_its_ledger()
    {
        var report = await SmallNight.Run(Options("out"));

        using var output = OutputFolder.OpenForReading(new PublishOptions { Path = _folder.File("out") });
        var version = output.Store.Find(report.Version!)!;
        Assert.AreEqual(VersionState.Current, version.State);
        Assert.AreEqual(report.RunId, version.RunId);
        Assert.IsTrue(version.Metrics.ContainsKey("new.ndcg@10"), string.Join(", ", version.Metrics.Keys));
        Assert.AreEqual(0, output.Damage(version).Count);
        Assert.AreEqual(10, output.Store.SegmentDefaults().Count);
        var ingest = IngestArtifacts.ReadReport(report.Stages[0].Folder);
        Assert.AreEqual(ingest.Users, version.Users);
        string user = output.Store.Lists(version.Version).First().UserId;
        var list = new UserLists(output.Store).Read(user);
        Assert.AreEqual(10, list.Entries.Count);
        Assert.IsTrue(list.Entries.All(e => e.Title is not null));
        CollectionAssert.AllItemsAreUnique(list.Entries.Select(e => e.Entry.ItemId).ToArray());

        var ledger = new SqlRunLedger(output.Database);
        Assert.AreEqual(RunState.Finished, ledger.Run(report.RunId)!.State);
        Assert.AreEqual(9, ledger.Stages(report.RunId).Count);
        CollectionAssert.IsSubsetOf(new[] { "data", "model", "lists" }, ledger.Checks(report.RunId).Select(c => c.Result.Gate).Distinct().ToArray());
        Assert.AreEqual(ingest.New.Quarantined, ledger.Quarantine(report.RunId).Sum(q => q.Rows));
    }

    [TestMethod]
    public async Task A_night_to_PostgreSQL_publishes_the_rows_and_files_of_one_to_SQLite()
    {
        var night = Options("postgres");
        (night.Publish.Store, night.Publish.Connection, night.Publish.Schema) = (
            OutputEngine.PostgreSql, PostgresServer.Connection, PostgresServer.NewSchema());
        var report = await SmallNight.Run(night);
        var other = await SmallNight.Run(Options("sqlite"));

        using var place = OutputConnection.OpenForReading(night.Publish, new FixedTime());
        using var file = OutputConnection.OpenForReading(Options("sqlite").Publish, new FixedTime());
        Assert.AreEqual(other.Version, place.Store.Current);
        Assert.AreEqual(0, place.Folder.Damage(place.Store.Find(other.Version!)!).Count);
        Assert.AreEqual(place.Store.Find(other.Version!)!.ManifestSha256, file.Store.Find(other.Version!)!.ManifestSha256);
        foreach (var (user, _) in file.Store.Lists(other.Version!).Take(20))
        {
            var (expected, found) = (file.Store.Read(user)!, place.Store.Read(user)!);
            Assert.AreEqual(JsonSerializer.Serialize(expected.Entries), JsonSerializer.Serialize(found.Entries));
            CollectionAssert.AreEquivalent(expected.Titles.Values.ToArray(), found.Titles.Values.ToArray());
        }
        Assert.AreEqual(JsonSerializer.Serialize(file.Store.SegmentDefaults()), JsonSerializer.Serialize(place.Store.SegmentDefaults()));
        Assert.AreEqual(
            JsonSerializer.Serialize(file.Ledger.Checks(other.RunId).Select(c => c.Result.Name)),
            JsonSerializer.Serialize(place.Ledger.Checks(report.RunId).Select(c => c.Result.Name)));

        var recorder = new Recorder();
        await SmallNight.Run(night, recorder);
        Assert.AreEqual(0, recorder.Ran.Count);
    }

    [TestMethod]
    public async Task The_published_lists_are_measured_beside_the_order_that_they_came_from()
    {
        var plain = await SmallNight.Run(Options("plain"));
        var far = Options("far");
        far.Diversify.Lambda = 0.95;
        var spread = await SmallNight.Run(far);

        double Distance(RunReport run, string model)
        {
            var report = EvaluationFile.Read(Path.Combine(run.Stages.Single(s => s.Stage == "evaluate").Folder, EvaluationFile.Name));
            return report.Find(model, "new", "ild@10")!.Value;
        }

        string serving = EvaluationFile.Read(Path.Combine(plain.Stages.Single(s => s.Stage == "evaluate").Folder, EvaluationFile.Name)).Serving;
        Assert.AreEqual(Distance(plain, serving), Distance(spread, serving));
        Assert.IsTrue(Distance(spread, "diversified") > Distance(spread, serving));
        Assert.IsTrue(Distance(spread, "diversified") > Distance(plain, "diversified"));
    }

    [TestMethod]
    public async Task Freshness_is_judged_to_the_end_of_the_day_of_the_run()
    {
        var today = Options("out");
        today.Ingest.AsOf = "today";
        // The log's last day is the fourth of January.
        var clock = new FixedTime { Now = new DateTimeOffset(2026, 1, 6, 3, 0, 0, TimeSpan.Zero) };
        var report = await NightlyRun.RunAsync(today, new RunRequest(), NoObserver.Instance, clock);

        Assert.AreEqual("2026-01-07", today.Ingest.AsOf);
        var fresh = IngestArtifacts.ReadReport(report.Stages[0].Folder).Constraints.Single(c => c.Name == "data.freshness_hours");
        Assert.AreEqual(ConstraintLevel.Warn, fresh.Level);
        Assert.AreEqual(48, fresh.Value, 2);
    }

    [TestMethod]
    public async Task A_second_night_over_the_log_runs_nothing_until_a_file_is_added()
    {
        var comes = SmallNight.HoldBack(_folder.File("log"));
        var first = await SmallNight.Run(Options("out"));
        var recorder = new Recorder();
        await SmallNight.Run(Options("out"), recorder);
        Assert.AreEqual(0, recorder.Ran.Count);

        comes();
        var second = await SmallNight.Run(Options("out"));
        var ingest = IngestArtifacts.ReadReport(second.Stages[0].Folder);
        Assert.AreEqual(1, ingest.Files.Count(f => f.New));
        using var output = OutputFolder.OpenForReading(new PublishOptions { Path = _folder.File("out") });
        Assert.AreEqual(second.Version, output.Store.Current);
        Assert.AreEqual(VersionState.Retired, output.Store.Find(first.Version!)!.State);
    }

    [TestMethod]
    public async Task A_rollback_holds_until_the_lists_change()
    {
        var first = await SmallNight.Run(Options("out"));
        var other = Options("out");
        other.Diversify.Lambda = 0.9;
        var second = await SmallNight.Run(other);
        Assert.AreNotEqual(first.Version, second.Version);
        using (var output = OutputFolder.OpenForWriting(new PublishOptions { Path = _folder.File("out") }, new FixedTime())) output.Rollback();
        await SmallNight.Run(other);

        using var reader = OutputFolder.OpenForReading(new PublishOptions { Path = _folder.File("out") });
        Assert.AreEqual(first.Version, reader.Store.Current);
    }

    [TestMethod]
    public async Task Lists_of_an_earlier_night_become_current_when_they_are_made_again()
    {
        var first = await SmallNight.Run(Options("out"));
        var other = Options("out");
        other.Diversify.Lambda = 0.9;
        var second = await SmallNight.Run(other);
        foreach (var (options, expected) in new[] { (Options("out"), first), (other, second) })
        {
            var again = await SmallNight.Run(options);
            using var output = OutputFolder.OpenForReading(new PublishOptions { Path = _folder.File("out") });
            Assert.AreEqual((expected.Version, expected.Version), (again.Version, output.Store.Current));
        }
    }

    [TestMethod]
    public async Task A_lists_gate_that_fails_leaves_the_published_lists_and_is_on_record()
    {
        var first = await SmallNight.Run(Options("out"));
        var other = Options("out");
        other.Diversify.Lambda = 0.9;
        // With text every item of so small a shop stands on some list.
        other.Train.Text.Use = TextUse.Off;
        other.ListsGate.CoverageFail = other.ListsGate.CoverageWarn = 1;
        var refused = await Assert.ThrowsExactlyAsync<GateRefusedException>(() => SmallNight.Run(other));

        Assert.AreEqual("lists", refused.Gate);
        StringAssert.Contains(refused.Message, "coverage");
        using var output = OutputFolder.OpenForReading(new PublishOptions { Path = _folder.File("out") });
        Assert.AreEqual(first.Version, output.Store.Current);
        Assert.AreEqual(1, output.Store.Versions().Count(v => v.State == VersionState.Rejected));
        Assert.AreEqual(RunState.Refused, new SqlRunLedger(output.Database).Runs(1)[0].State);
    }

    [TestMethod]
    public async Task A_data_gate_that_fails_leaves_the_published_lists_and_keeps_no_state()
    {
        var comes = SmallNight.HoldBack(_folder.File("log"));
        await SmallNight.Run(Options("out"));
        string manifest = SmallNight.Manifest(_folder.File("out"));
        var strict = Options("out");
        strict.Ingest.Quality.Users = new Bounds { FailBelow = 1_000_000 };
        comes();
        var refused = await Assert.ThrowsExactlyAsync<GateRefusedException>(() => SmallNight.Run(strict));

        Assert.AreEqual("data", refused.Gate);
        Assert.AreEqual(manifest, SmallNight.Manifest(_folder.File("out")));
        var next = await SmallNight.Run(Options("out"));
        Assert.AreEqual(1, IngestArtifacts.ReadReport(next.Stages[0].Folder).Files.Count(f => f.New), "the refused night's file is new again");
    }

    [TestMethod]
    public async Task A_damaged_model_is_trained_again_and_damaged_state_is_read_anew()
    {
        var first = await SmallNight.Run(Options("out"));
        string manifest = SmallNight.Manifest(_folder.File("out"));
        Flip(_folder.File("out", "runs", first.RunId, "train", "model.bin"));
        Flip(_folder.File("out", "runs", first.RunId, "ingest", IngestArtifacts.State));
        var recorder = new Recorder();
        await SmallNight.Run(Options("out"), recorder);

        // The report now compares with the night before, so what takes it is looked at again, and finds its version there.
        CollectionAssert.AreEqual(new[] { "ingest", "train", "publish" }, recorder.Ran.ToArray(), string.Join(", ", recorder.Ran));
        Assert.AreEqual(manifest, SmallNight.Manifest(_folder.File("out")));
    }

    [TestMethod]
    public async Task A_damaged_block_stops_publish_with_the_file_and_what_to_do()
    {
        await SmallNight.Run(Options("out"), request: new RunRequest("materialize"));
        string runId = new RunFolders(_folder.File("out")).Ids()[^1];
        string block = _folder.File("out", "runs", runId, "materialize", "blocks", "00001.bin");
        Flip(block);

        StringAssert.Contains(Assert.ThrowsExactly<ArtifactException>(() => ListBlocks.Read(block)).Message, "00001.bin");
        // The engine sees it first, and makes the block again.
        var recorder = new Recorder();
        await SmallNight.Run(Options("out"), recorder);
        Assert.IsTrue(recorder.Ran.Contains("materialize"));
    }

    [TestMethod]
    public async Task Tune_searches_on_the_validation_window_and_leaves_a_configuration()
    {
        var night = Options("out");
        night.Tune.Trials = 2;
        night.Tune.FirstShare = 1;
        night.Tune.Space["Als:Regularization"] = new TuneRange { Values = ["0.01"] };
        var report = await SmallNight.Run(night, request: new RunRequest("tune"));

        CollectionAssert.AreEqual(new[] { "ingest", "embed", "tune" }, report.Stages.Select(s => s.Stage).ToArray());
        Assert.IsNull(report.Version);
        double best = report.Metric("tune", "tune.ndcg@10")!.Value;
        Assert.IsTrue(best is > 0 and <= 1, $"{best}");
        StringAssert.StartsWith(File.ReadAllText(Path.Combine(report.Stages.Single(s => s.Stage == "tune").Folder, "best.json")), "{");
        Assert.IsFalse((await SmallNight.Run(Options("other"))).Stages.Any(s => s.Stage == "tune"));
    }

    private PipelineOptions Options(string output, int threads = 2) => SmallNight.Options(_folder.File("log"), _folder.File(output), threads);

    private static void Flip(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
    }
}
