using System.Text;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Tuning;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Forget;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Tests.Embed.Graphs;
using Recsys.Batch.Pipeline.Tests.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Tests.Runs.Forget;

/// <summary>A person asks to be gone: from state, models, every kept version, and from what logs bring later.</summary>
[TestClass]
internal sealed class ForgetTests
{
    private static readonly byte[] Somebody = Encoding.UTF8.GetBytes(PersonalShop.Somebody);

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task They_are_found_nowhere_and_nobody_elses_list_changes()
    {
        using var folder = new TempFolder();
        PersonalShop.WriteLog(folder.File("log"));
        var addLastDay = SmallNight.HoldBack(folder.File("log"));
        var night = PersonalShop.Options(folder.File("log"), folder.File("out"));
        string first = (await SmallNight.Run(night)).Version!;
        addLastDay();
        string second = (await SmallNight.Run(night)).Version!;
        Assert.AreNotEqual(first, second);
        // Its report shows the lists of some customers, by id.
        await SmallNight.Run(night, request: new RunRequest(StageNames.Sweep));
        var before = new[] { first, second }.ToDictionary(v => v, v => Lists(night, v));
        string[] places = [.. ForgetSearch.Find(night.Publish, [Somebody], default)];
        foreach (string place in (string[])["user_recommendations_rows.user_id", "state.bin", "users.bin", first, second, "list_arms"])
            Assert.IsTrue(places.Any(p => p.Contains(place, StringComparison.Ordinal)), $"{place} is not among {string.Join("; ", places)}");
        Assert.AreNotEqual(0, PersonalShop.FilesWith(night.Publish.Path, PersonalShop.Somebody).Count);

        var report = (await ForgetRun.RunAsync(night, [Somebody], NoObserver.Instance, new SteppingTime()))!;

        Assert.AreEqual("", string.Join("; ", ForgetSearch.Find(night.Publish, [Somebody], default)));
        Assert.AreEqual("", string.Join("; ", PersonalShop.FilesWith(night.Publish.Path, PersonalShop.Somebody)));
        Assert.AreEqual(1, report.StateUsers);
        Assert.IsGreaterThan(10, report.StateEvents);
        CollectionAssert.AreEquivalent(new[] { first, second }, report.Versions.Select(v => v.Version).ToArray());
        Assert.IsTrue(report.Versions.All(v => v is { Users: 1, Rows: 10, IsDeleted: false }));
        using var output = OutputFolder.OpenForReading(night.Publish);
        foreach (string version in before.Keys)
        {
            var record = output.Store.Find(version)!;
            Assert.AreEqual("", string.Join("; ", output.Damage(record)));
            Assert.AreEqual(1, record.Forgotten);
            Assert.AreEqual(before[version].Count - 1, record.Users);
            before[version].Remove(PersonalShop.Somebody);
            CollectionAssert.AreEqual(before[version], Lists(night, version), "lists of others in " + version);
            Assert.IsTrue(PersonalShop.UsersOf(output.FolderOf(version)).SetEquals(before[version].Keys));
        }
        Assert.AreEqual(second, output.Store.Current);
        using var connection = OutputConnection.OpenForReading(night.Publish, new SteppingTime());
        var entry = connection.Operations.Audit(1, AuditActs.Forgot).Single();
        Assert.AreEqual(("the program", "1 user"), (entry.By, entry.Subject));
    }

    [TestMethod]
    public async Task Tomorrow_is_the_night_of_a_log_that_never_had_them()
    {
        using var folder = new TempFolder();
        PersonalShop.WriteLog(folder.File("log"));
        PersonalShop.WriteLog(folder.File("never"), without: PersonalShop.Somebody);
        var night = PersonalShop.Options(folder.File("log"), folder.File("out"));
        string had = (await SmallNight.Run(night)).Version!;
        await ForgetRun.RunAsync(night, [Somebody], NoObserver.Instance, new SteppingTime());

        string after = (await SmallNight.Run(night)).Version!;

        var never = PersonalShop.Options(folder.File("never"), folder.File("other"));
        Assert.AreEqual((await SmallNight.Run(never)).Version, after);
        Assert.AreEqual(SmallNight.Manifest(folder.File("other")), SmallNight.Manifest(folder.File("out")));
        Assert.AreNotEqual(had, after);
    }

    [TestMethod]
    public async Task Logs_that_bring_them_again_are_read_without_them()
    {
        using var folder = new TempFolder();
        PersonalShop.WriteLog(folder.File("log"));
        var addLastDay = SmallNight.HoldBack(folder.File("log"));
        var night = PersonalShop.Options(folder.File("log"), folder.File("out"));
        await SmallNight.Run(night);
        await ForgetRun.RunAsync(night, [Somebody], NoObserver.Instance, new SteppingTime());

        // A late file, and then all of them again for another mapping.
        addLastDay();
        await Check((await SmallNight.Run(night)).RunId);
        night.Ingest.MaxQuantity = 4_000;
        night.Ingest.ChangedFiles = ChangedFilePolicy.Rebuild;
        await Check((await SmallNight.Run(night)).RunId);

        async Task Check(string run)
        {
            string ingest = Path.Combine(night.Publish.Path, "runs", run, "ingest");
            Assert.AreEqual(-1, IngestArtifacts.ReadUsers(ingest).Find(Somebody));
            Assert.IsGreaterThan(0, IngestArtifacts.ReadReport(ingest).RowsByFate["forgotten"]);
            Assert.AreEqual("", string.Join("; ", PersonalShop.FilesWith(night.Publish.Path, PersonalShop.Somebody)));
            await Task.CompletedTask;
        }

        // They come back as a customer: from the next reading on they count.
        Assert.HasCount(1, ForgetRun.Allow(night, [Somebody], new SteppingTime()));
        night.Ingest.MaxQuantity = 4_001;
        var back = await SmallNight.Run(night);
        Assert.AreNotEqual(-1, IngestArtifacts.ReadUsers(Path.Combine(night.Publish.Path, "runs", back.RunId, "ingest")).Find(Somebody));
    }

    [TestMethod]
    public async Task Lists_as_they_were_before_a_forget_are_another_version()
    {
        using var folder = new TempFolder();
        PersonalShop.WriteLog(folder.File("log"));
        var night = PersonalShop.Options(folder.File("log"), folder.File("out"));
        string had = (await SmallNight.Run(night)).Version!;
        await ForgetRun.RunAsync(night, [Somebody], NoObserver.Instance, new SteppingTime());
        ForgetRun.Allow(night, [Somebody], new SteppingTime());
        night.Ingest.MaxQuantity = 4_000;
        night.Ingest.ChangedFiles = ChangedFilePolicy.Rebuild;

        var back = await SmallNight.Run(night);

        Assert.AreNotEqual(had, back.Version);
        using var output = OutputFolder.OpenForReading(night.Publish);
        Assert.AreEqual(0, output.Store.List(PersonalShop.Somebody, had).Count);
        Assert.AreNotEqual(0, output.Store.List(PersonalShop.Somebody, back.Version).Count);
    }

    [TestMethod]
    public async Task A_delta_waits_for_the_next_night()
    {
        using var folder = new TempFolder();
        PersonalShop.WriteLog(folder.File("log"));
        var night = PersonalShop.Options(folder.File("log"), folder.File("out"));
        await SmallNight.Run(night);
        await ForgetRun.RunAsync(night, [Somebody], NoObserver.Instance, new SteppingTime());

        var error = await Assert.ThrowsExactlyAsync<RunFailedException>(() => SmallNight.Run(night, request: new RunRequest(RunRequest.Delta)));

        StringAssert.Contains(error.Message, "users were forgotten since version");
        StringAssert.Contains(error.Message, "run nightly first");
    }

    [TestMethod]
    public async Task Without_the_key_no_log_is_read()
    {
        using var folder = new TempFolder();
        PersonalShop.WriteLog(folder.File("log"));
        var night = PersonalShop.Options(folder.File("log"), folder.File("out"));
        await SmallNight.Run(night);
        await ForgetRun.RunAsync(night, [Somebody], NoObserver.Instance, new SteppingTime());
        string key = Path.Combine(night.Publish.Path, "privacy", "key");
        string kept = File.ReadAllText(key);

        File.Delete(key);
        StringAssert.Contains((await Refused()).Message, "put the key back from a copy");
        File.WriteAllText(key, new string('7', 64));
        StringAssert.Contains((await Refused()).Message, "is not the one under which that list was made");
        File.WriteAllText(key, "7");
        StringAssert.Contains((await Refused()).Message, "is not a key; expected 64 hex digits");
        File.Delete(key);
        night.Privacy.Key = kept;
        await SmallNight.Run(night);

        Task<ConfigurationException> Refused() => Assert.ThrowsExactlyAsync<ConfigurationException>(() => SmallNight.Run(night));
    }

    [TestMethod]
    public async Task A_version_that_lost_somebody_can_be_rolled_back_to()
    {
        using var folder = new TempFolder();
        PersonalShop.WriteLog(folder.File("log"));
        var addLastDay = SmallNight.HoldBack(folder.File("log"));
        var night = PersonalShop.Options(folder.File("log"), folder.File("out"));
        string first = (await SmallNight.Run(night)).Version!;
        addLastDay();
        await SmallNight.Run(night);
        await ForgetRun.RunAsync(night, [Somebody], NoObserver.Instance, new SteppingTime());

        Assert.AreEqual(first, NightlyRun.Write(night, new("test", "rollback"), new SteppingTime(), place => place.Folder.Rollback().Version));

        using var output = OutputFolder.OpenForReading(night.Publish);
        Assert.AreEqual(0, output.Store.List(PersonalShop.Somebody).Count);
    }

    [TestMethod]
    public async Task A_damaged_version_goes_as_a_whole_unless_readers_have_it()
    {
        using var folder = new TempFolder();
        PersonalShop.WriteLog(folder.File("log"));
        var addLastDay = SmallNight.HoldBack(folder.File("log"));
        var night = PersonalShop.Options(folder.File("log"), folder.File("out"));
        string first = (await SmallNight.Run(night)).Version!;
        addLastDay();
        string second = (await SmallNight.Run(night)).Version!;
        string Part(string version) => Path.Combine(night.Publish.Path, "versions", version, "user_recommendations", "part-00001.parquet");
        File.AppendAllText(Part(first), "x");

        var report = (await ForgetRun.RunAsync(night, [Somebody], NoObserver.Instance, new SteppingTime()))!;

        Assert.IsTrue(report.Versions.Single(v => v.Version == first).IsDeleted);
        Assert.IsFalse(report.Versions.Single(v => v.Version == second).IsDeleted);
        using (var output = OutputFolder.OpenForReading(night.Publish)) Assert.IsNull(output.Store.Find(first));
        File.AppendAllText(Part(second), "x");
        var error = await Assert.ThrowsExactlyAsync<ArtifactException>(() => ForgetRun.RunAsync(night, [Somebody], NoObserver.Instance, new SteppingTime()));
        StringAssert.Contains(error.Message, "the current one, is corrupt");
    }

    [TestMethod]
    public async Task Nights_that_stood_in_for_each_other_are_no_longer_taken_for_whole()
    {
        using var folder = new TempFolder();
        PersonalShop.WriteLog(folder.File("log"));
        var night = PersonalShop.Options(folder.File("log"), folder.File("out"));
        await SmallNight.Run(night);
        await SmallNight.Run(night);

        // Twice, and then let in again: the sources of the first night come back.
        for (int time = 0; time < 2; time++) await ForgetRun.RunAsync(night, [Somebody], NoObserver.Instance, new SteppingTime());
        ForgetRun.Allow(night, [Somebody], new SteppingTime());

        var after = await SmallNight.Run(night);
        Assert.AreEqual(RunState.Finished, after.State);
        Assert.IsTrue(after.Stages.Where(s => s.Stage is not StageNames.Embed).All(s => s.State == StageState.Finished));
    }

    [TestMethod]
    public async Task Somebody_whom_no_run_knew_costs_no_model()
    {
        using var folder = new TempFolder();
        PersonalShop.WriteLog(folder.File("log"));
        var night = PersonalShop.Options(folder.File("log"), folder.File("out"));
        var first = await SmallNight.Run(night);
        Assert.IsNull(await ForgetRun.RunAsync(night, [], NoObserver.Instance, new SteppingTime()));
        Assert.IsFalse(Directory.Exists(Path.Combine(night.Publish.Path, "privacy")));

        var report = (await ForgetRun.RunAsync(night, [Encoding.UTF8.GetBytes("nobody-of-that-name")], NoObserver.Instance, new SteppingTime()))!;

        Assert.AreEqual((0, 0, 1), (report.Known.Count, report.Artifacts, report.Asked.Count));
        Assert.IsTrue(File.Exists(Path.Combine(night.Publish.Path, "runs", first.RunId, "train", "model.bin")));
        Assert.AreEqual(first.Version, (await SmallNight.Run(night)).Version);
    }

    [TestMethod]
    public async Task Vectors_that_their_purchases_tuned_go_and_the_texts_vectors_stay()
    {
        using var folder = new TempFolder();
        PersonalShop.WriteLog(folder.File("log"));
        SmallModel.Write(Directory.CreateDirectory(folder.File("model")).FullName, SmallModel.Graph);
        var night = PersonalShop.Options(folder.File("log"), folder.File("out"));
        night.Embed.Model = folder.File("model");
        night.Embed.Device = EmbedDevice.Cpu;
        night.Embed.Tuning.Use = TuningUse.Auto;
        night.Embed.Tuning.MinUsers = 30;
        var first = await SmallNight.Run(night, request: new RunRequest(StageNames.Embed));
        string embed = first.Stages.Single(s => s.Stage == StageNames.Embed).Folder;
        Assert.IsNotNull(EmbedArtifacts.ReadAdapter(embed));

        await ForgetRun.RunAsync(night, [Somebody], NoObserver.Instance, new SteppingTime());

        Assert.AreEqual(
            "cache.bin tuning.json",
            string.Join(' ', Directory.GetFiles(embed).Select(f => Path.GetFileName(f)).Where(f => f != "manifest.json").Order(StringComparer.Ordinal)));
        var next = await SmallNight.Run(night, request: new RunRequest(StageNames.Embed));
        Assert.AreEqual((0.0, 120.0), (next.Metric("embed", "embed.encoded"), next.Metric("embed", "embed.cached")));
        Assert.IsNotNull(EmbedArtifacts.ReadAdapter(next.Stages.Single(s => s.Stage == StageNames.Embed).Folder));
    }

    [TestMethod]
    public async Task A_list_that_is_gone_stops_the_night()
    {
        using var folder = new TempFolder();
        PersonalShop.WriteLog(folder.File("log"));
        var night = PersonalShop.Options(folder.File("log"), folder.File("out"));
        await SmallNight.Run(night);
        await ForgetRun.RunAsync(night, [Somebody], NoObserver.Instance, new SteppingTime());
        Directory.Delete(Path.Combine(night.Publish.Path, "privacy"), recursive: true);

        var error = await Assert.ThrowsExactlyAsync<ConfigurationException>(() => SmallNight.Run(night));

        StringAssert.Contains(error.Message, "put it back from a copy with its key");
    }

    [TestMethod]
    public async Task A_state_that_is_damaged_is_kept_and_said_to_be_damaged()
    {
        using var folder = new TempFolder();
        PersonalShop.WriteLog(folder.File("log"));
        var night = PersonalShop.Options(folder.File("log"), folder.File("out"));
        var first = await SmallNight.Run(night);
        string ingest = Path.Combine(night.Publish.Path, "runs", first.RunId, "ingest");
        File.AppendAllText(Path.Combine(ingest, IngestArtifacts.Quality), " ");

        var error = await Assert.ThrowsExactlyAsync<ArtifactException>(() => ForgetRun.RunAsync(night, [Somebody], NoObserver.Instance, new SteppingTime()));

        StringAssert.Contains(error.Message, "run nightly, and ask again");
        Assert.IsTrue(File.Exists(Path.Combine(ingest, IngestArtifacts.State)));
        await SmallNight.Run(night);
        await ForgetRun.RunAsync(night, [], NoObserver.Instance, new SteppingTime());
        Assert.AreEqual("", string.Join("; ", ForgetSearch.Find(night.Publish, [Somebody], default)));
    }

    private static SortedDictionary<string, string> Lists(PipelineOptions night, string version)
    {
        using var output = OutputFolder.OpenForReading(night.Publish);
        return new(output.Store.Lists(version).ToDictionary(l => l.UserId, l => string.Join(' ', l.ItemIds)), StringComparer.Ordinal);
    }
}
