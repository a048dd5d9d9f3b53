using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Pipeline.Tests.Runs.Nightly;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Pipeline.Tests.Runs.Delta;

/// <summary>A night, and what came after it.</summary>
[TestClass]
internal sealed class DeltaRunTests : IDisposable
{
    private static TempFolder s_night = null!;
    private readonly TempFolder _folder = new();

    [ClassInitialize]
    public static async Task Night(TestContext _)
    {
        s_night = new TempFolder();
        DeltaShop.WriteLog(s_night.File("log"));
        await SmallNight.Run(DeltaShop.Options(s_night.File("log"), s_night.File("out")));
    }

    [ClassCleanup]
    public static void Clean() => s_night.Dispose();

    public DeltaRunTests()
    {
        foreach (string file in Directory.GetFiles(s_night.Path, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(_folder.Path, Path.GetRelativePath(s_night.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public void Dispose() => _folder.Dispose();

    private string Log => _folder.File("log");

    private PipelineOptions Options(string output = "out", int threads = 2) => DeltaShop.Options(Log, _folder.File(output), threads);

    private OutputFolder Output(string output = "out") => OutputFolder.OpenForReading(new PublishOptions { Path = _folder.File(output) });

    /// <summary>Lets <see cref="DeltaShop.Known"/> buy the first item of their list.</summary>
    private string NextDay()
    {
        using var output = Output();
        string bought = output.Store.List(DeltaShop.Known)[0].ItemId;
        DeltaShop.NextDay(Log, bought);
        return bought;
    }

    [TestMethod]
    [DataRow(RunRequest.Delta, DisplayName = "A delta")]
    [DataRow(RunRequest.Nightly, DisplayName = "A night")]
    public async Task A_delta_goes_on_from_a_run_killed_behind_its_switch(string job)
    {
        NextDay();
        var killed = await SmallNight.Run(Options(), null, new RunRequest(job));
        // What kill -9 leaves between the store's switch to the new version and the stage's own record of it.
        string publish = Path.Combine(_folder.File("out"), "runs", killed.RunId, StageNames.Publish);
        Assert.IsTrue(Directory.Exists(publish));
        Directory.Delete(publish, recursive: true);

        var again = await DeltaShop.Delta(Options());
        Assert.AreEqual(killed.Version, again.Version ?? killed.Version);
        DeltaShop.Write(Log, "2026-01-10", (DeltaShop.New, "7"));
        var later = await DeltaShop.Delta(Options());

        Assert.AreNotEqual(killed.Version, later.Version);
        using var output = Output();
        Assert.AreEqual(later.Version, output.Store.Current);
        Assert.AreEqual(killed.Version, output.Store.Find(later.Version!)!.Base);
    }

    [TestMethod]
    public async Task Who_bought_or_is_new_gets_a_new_list_and_all_others_keep_theirs()
    {
        string bought = NextDay();
        var report = await DeltaShop.Delta(Options());

        using var output = Output();
        var version = output.Store.Find(report.Version!)!;
        string night = version.Base!;
        Assert.AreEqual((VersionState.Current, VersionState.Retired), (version.State, output.Store.Find(night)!.State));
        var (before, after) = (DeltaShop.Lists(output.Store, night), DeltaShop.Lists(output.Store));
        CollectionAssert.AreEquivalent(before.Keys.Append(DeltaShop.New).ToArray(), after.Keys.ToArray());
        CollectionAssert.AreEquivalent(
            new[] { DeltaShop.Known, DeltaShop.New }, after.Where(l => before.GetValueOrDefault(l.Key) != l.Value).Select(l => l.Key).ToArray());
        var list = output.Store.List(DeltaShop.Known);
        Assert.AreEqual(10, list.Count);
        Assert.IsFalse(list.Any(e => e.ItemId == bought));
        Assert.AreEqual(10, output.Store.List(DeltaShop.New).Count);
        Assert.IsTrue(output.Store.List(DeltaShop.New).Any(e => e.ReasonCode == "because_you_bought"));
        Assert.AreEqual(10, output.Store.SegmentDefaults().Count);

        Assert.AreEqual(0, output.Damage(version).Count);
        Assert.AreEqual(after.Count, version.Users);
        Assert.AreEqual("2026-01-09", version.WindowTo);
        CollectionAssert.AreEqual(output.Store.Find(night)!.Metrics.ToArray(), version.Metrics.ToArray());
    }

    [TestMethod]
    public async Task The_ledger_says_what_ran_was_taken_over_and_how_many_lists_are_new()
    {
        NextDay();
        var recorder = new Recorder();
        var report = await DeltaShop.Delta(Options(), recorder);

        using var output = Output();
        var ledger = new SqlRunLedger(output.Database);
        Assert.AreEqual("delta", ledger.Run(report.RunId)!.Job);
        CollectionAssert.AreEqual(new[] { "train", "rank", "evaluate" }, recorder.Skipped.ToArray());
        StringAssert.Contains(ledger.Stages(report.RunId).Single(s => s.Stage == "train").Reason, "taken over from version");
        double Metric(string name) => report.Metric("materialize", name)!.Value;
        Assert.AreEqual((1, 1, 2), (Metric("delta.users_new"), Metric("delta.users_changed"), Metric("delta.users_folded_in")));
        Assert.AreEqual(
            (Metric("materialize.users") - 2, 1, 1, 0),
            (Metric("delta.users_kept"), Metric("delta.users_waiting"), Metric("delta.items_waiting"), Metric("delta.users_gone")));
        Assert.IsTrue(recorder.Events.OfType<StageNote>().Any(n => n.Message.Contains("1 items are younger than the model", StringComparison.Ordinal)));
        CollectionAssert.IsSubsetOf(new[] { "data", "lists" }, report.Checks.Select(c => c.Gate).Distinct().ToArray());
    }

    [TestMethod]
    public async Task A_rollback_brings_the_nights_lists_back_and_a_delta_goes_on_from_those()
    {
        NextDay();
        var delta = await DeltaShop.Delta(Options());
        string night;
        using (var output = OutputFolder.OpenForWriting(Options().Publish, new FixedTime())) night = output.Rollback().Version;
        DeltaShop.Write(Log, "2026-01-10", ("8", "3"));
        var next = await DeltaShop.Delta(Options());

        using var reader = Output();
        Assert.AreEqual(night, reader.Store.Find(delta.Version!)!.Base);
        Assert.AreEqual(night, reader.Store.Find(next.Version!)!.Base);
        Assert.AreEqual(2, next.Metric("materialize", "delta.users_changed"));
    }

    [TestMethod]
    public async Task A_delta_goes_on_from_a_delta_whatever_run_folders_are_kept()
    {
        NextDay();
        var options = Options();
        options.Runs.Keep = 2;
        await DeltaShop.Delta(options);
        RunReport? report = null;
        foreach (int day in new[] { 10, 11, 12 })
        {
            DeltaShop.Write(Log, $"2026-01-{day}", ("8", $"{day}"));
            report = await DeltaShop.Delta(options);
            Assert.AreEqual(1, report.Metric("materialize", "delta.users_folded_in"));
        }

        var folders = new RunFolders(_folder.File("out"));
        Assert.IsTrue(folders.Ids().Count < 5, string.Join(' ', folders.Ids()));
        Assert.AreEqual(folders.Ids()[0], StageManifest.Load(folders.Of(report!.RunId, "train"))!.From);
    }

    [TestMethod]
    public async Task Threads_change_no_byte_of_a_delta()
    {
        NextDay();
        CopyOutput("other");
        await DeltaShop.Delta(Options());
        await DeltaShop.Delta(Options("other", threads: 1));

        Assert.AreEqual(SmallNight.Manifest(_folder.File("out")), SmallNight.Manifest(_folder.File("other")));
    }

    [TestMethod]
    public async Task A_night_after_a_delta_is_the_night_that_it_would_have_been()
    {
        NextDay();
        CopyOutput("other");
        await DeltaShop.Delta(Options());
        var recorder = new Recorder();
        var after = await SmallNight.Run(Options(), recorder);
        var without = await SmallNight.Run(Options("other"));

        Assert.AreEqual(without.Version, after.Version);
        Assert.AreEqual(SmallNight.Manifest(_folder.File("other")), SmallNight.Manifest(_folder.File("out")));
        CollectionAssert.AreEqual(new[] { "train", "evaluate", "neighbors", "materialize", "publish" }, recorder.Ran.ToArray());
        using var output = Output();
        Assert.IsNull(output.Store.Find(after.Version!)!.Base);
    }

    [TestMethod]
    public async Task With_nothing_new_nothing_is_published_after_a_night_and_after_a_delta()
    {
        string night = SmallNight.Manifest(_folder.File("out"));
        var first = await DeltaShop.Delta(Options());
        Assert.AreEqual(0, first.Metric("materialize", "delta.users_folded_in"));
        Assert.AreEqual(night, SmallNight.Manifest(_folder.File("out")));

        NextDay();
        var second = await DeltaShop.Delta(Options());
        var third = await DeltaShop.Delta(Options());
        Assert.AreEqual((second.Version, StageState.Reused), (third.Version, third.Stages[^1].State));
        Assert.AreEqual(0, third.Metric("materialize", "delta.users_folded_in"));
        using var output = Output();
        Assert.AreEqual((second.Version, 2), (output.Store.Current, output.Store.Versions().Count));
    }

    [TestMethod]
    public async Task A_list_with_an_item_that_may_not_be_recommended_any_more_is_made_anew()
    {
        NextDay();
        var options = Options();
        // Only what was bought since the night is on the shelf.
        options.Ingest.AvailableDays = 3;
        options.ListsGate.CoverageFail = options.ListsGate.FullShareFail = 0;
        options.Ingest.Quality.AvailableAgainstHistory = new();
        var report = await DeltaShop.Delta(options);

        using var output = Output();
        Assert.AreEqual(0, report.Metric("materialize", "delta.users_kept"));
        Assert.IsTrue(report.Metric("materialize", "delta.users_ruled_out") > 200);
        Assert.IsTrue(output.Store.Lists(report.Version!).All(l => l.ItemIds.All(i => i is "3" or "11" or "20" || i == BoughtByKnown())));

        string BoughtByKnown() => output.Store.List(DeltaShop.Known, output.Store.Find(report.Version!)!.Base)[0].ItemId;
    }

    [TestMethod]
    public async Task Lists_of_a_night_that_explored_keep_its_policy_and_who_drew_what()
    {
        var options = Options("exploring");
        options.Diversify.Explore.Enabled = true;
        options.Diversify.Explore.Arms = [0.1, 0.2, 0.8];
        await SmallNight.Run(options);
        NextDay();
        // Switched off since: the version would have two policies.
        var report = await DeltaShop.Delta(Options("exploring"));

        using var output = Output("exploring");
        var version = output.Store.Find(report.Version!)!;
        Assert.AreEqual(output.PolicyOf(version.Base!)!.Id(), output.PolicyOf(version.Version)!.Id());
        Assert.AreEqual(2, report.Metric("materialize", "delta.users_folded_in"));
        Assert.IsTrue(output.Store.List(DeltaShop.New).All(e => e.Propensity is > 0 and < 1));
    }

    [TestMethod]
    public async Task To_PostgreSQL_a_delta_publishes_what_it_publishes_to_SQLite()
    {
        var postgres = Options("postgres");
        (postgres.Publish.Store, postgres.Publish.Connection, postgres.Publish.Schema) = (
            OutputEngine.PostgreSql, PostgresServer.Connection, PostgresServer.NewSchema());
        await SmallNight.Run(postgres);
        NextDay();
        var report = await DeltaShop.Delta(postgres);
        await DeltaShop.Delta(Options());

        using var place = OutputConnection.OpenForReading(postgres.Publish, new FixedTime());
        using var file = Output();
        Assert.AreEqual(file.Store.Current, place.Store.Current);
        Assert.AreEqual(file.Store.Find(report.Version!)!.Base, place.Store.Find(report.Version!)!.Base);
        CollectionAssert.AreEqual(DeltaShop.Lists(file.Store).OrderBy(l => l.Key).ToArray(), DeltaShop.Lists(place.Store).OrderBy(l => l.Key).ToArray());
    }

    [TestMethod]
    [DataRow("ingest", "middle")]
    [DataRow("materialize", "middle")]
    [DataRow("publish", "middle")]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task A_delta_killed_in_a_stage_goes_on_and_gives_the_same_bytes(string stage, string moment)
    {
        NextDay();
        CopyOutput("other");
        await DeltaShop.Delta(Options("other"));
        using (var child = ChildProcess.Start("delta", Log, _folder.File("out"), stage, moment))
        {
            await child.WaitForExitAsync();
            Assert.AreEqual(137, child.ExitCode, await child.StandardOutput.ReadToEndAsync() + await child.StandardError.ReadToEndAsync());
        }
        var recorder = new Recorder();
        await DeltaShop.Delta(Options(), recorder);

        Assert.AreEqual(SmallNight.Manifest(_folder.File("other")), SmallNight.Manifest(_folder.File("out")));
        Assert.IsTrue(recorder.Events.OfType<RunStarted>().Single().Resumed);
    }

    [TestMethod]
    public async Task Without_a_night_a_delta_says_what_to_run_first()
    {
        var failed = await Assert.ThrowsExactlyAsync<RunFailedException>(() => DeltaShop.Delta(Options("empty")));
        StringAssert.Contains(failed.Message, "nothing is published yet");
        StringAssert.Contains(failed.Message, "run nightly first");

        Directory.Delete(_folder.File("out", "runs"), recursive: true);
        failed = await Assert.ThrowsExactlyAsync<RunFailedException>(() => DeltaShop.Delta(Options()));
        StringAssert.Contains(failed.Message, "Runs:Keep");
    }

    [TestMethod]
    public async Task A_damaged_model_or_one_of_another_build_is_refused_and_made_anew()
    {
        NextDay();
        string train = Path.Combine(Directory.GetDirectories(_folder.File("out", "runs")).Single(), "train");
        string manifest = Path.Combine(train, StageManifest.FileName);
        string whole = File.ReadAllText(manifest);
        File.WriteAllText(manifest, whole.Replace(StageManifest.Load(train)!.CodeVersion, "2 another", StringComparison.Ordinal));
        StringAssert.Contains((await Assert.ThrowsExactlyAsync<RunFailedException>(() => DeltaShop.Delta(Options()))).Message, "another build");
        File.WriteAllText(manifest, whole);

        string model = Path.Combine(train, "model.bin");
        var bytes = File.ReadAllBytes(model);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(model, bytes);
        StringAssert.Contains((await Assert.ThrowsExactlyAsync<RunFailedException>(() => DeltaShop.Delta(Options()))).Message, "run nightly first");
        await SmallNight.Run(Options());
        DeltaShop.Write(Log, "2026-01-10", ("8", "3"));
        Assert.AreEqual(1, (await DeltaShop.Delta(Options())).Metric("materialize", "delta.users_changed"));
    }

    [TestMethod]
    public void A_delta_cannot_begin_with_a_stage_that_it_does_not_run()
    {
        var wrong = Assert.ThrowsExactly<ConfigurationException>(() => NightlyRun.Check(Options(), new RunRequest(RunRequest.Delta, "train")));
        StringAssert.Contains(wrong.Message, "run nightly --from train");
    }

    private void CopyOutput(string to)
    {
        foreach (string file in Directory.GetFiles(_folder.File("out"), "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(_folder.File(to), Path.GetRelativePath(_folder.File("out"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
