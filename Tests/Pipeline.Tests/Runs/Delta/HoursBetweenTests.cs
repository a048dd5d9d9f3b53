using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Tests.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Tests.Runs.Delta;

/// <summary>What happens in a shop between two nights: rollbacks, new prices, quiet hours, other options, empty shelves.</summary>
[TestClass]
internal sealed class HoursBetweenTests : IDisposable
{
    private static TempFolder s_night = null!;
    private readonly TempFolder _folder = new();

    [ClassInitialize]
    public static async Task Night(TestContext _)
    {
        s_night = new TempFolder();
        DeltaShop.WriteLog(s_night.File("log"));
        DeltaItems.Change(s_night.File("log"), i => i);
        await SmallNight.Run(Options(s_night));
    }

    [ClassCleanup]
    public static void Clean() => s_night.Dispose();

    public HoursBetweenTests()
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

    private static PipelineOptions Options(TempFolder folder)
    {
        var night = DeltaShop.Options(folder.File("log"), folder.File("out"));
        night.Ingest.Items!.Columns.Stock = "stock";
        return night;
    }

    private PipelineOptions Options() => Options(_folder);

    private OutputFolder Output() => OutputFolder.OpenForReading(new PublishOptions { Path = _folder.File("out") });

    private T Stored<T>(Func<IOutputStore, T> read)
    {
        using var output = Output();
        return read(output.Store);
    }

    private string Current => Stored(s => s.Current!);

    private void Hour(int hour, params (string User, string Item)[] purchases) => DeltaShop.Write(Log, $"2026-01-09 {hour:D2}", purchases);

    private void Rollback()
    {
        using var output = OutputFolder.OpenForWriting(Options().Publish, new FixedTime());
        output.Rollback();
    }

    [TestMethod]
    public async Task After_a_rollback_a_delta_says_what_is_current_whatever_is_on_disk()
    {
        string night = Current;
        Hour(1, ("7", "3"));
        var delta = await DeltaShop.Delta(Options());
        Rollback();
        foreach (bool onDisk in new[] { true, false, false })
        {
            if (!onDisk) Directory.Delete(_folder.File("out", "runs", delta.RunId), recursive: true);
            if (!onDisk) delta = delta with { RunId = new RunFolders(_folder.File("out")).Ids()[^1] };
            var recorder = new Recorder();
            var report = await DeltaShop.Delta(Options(), recorder);

            Assert.AreEqual((night, RunState.Finished), (Current, report.State), $"{onDisk}");
            Assert.AreNotEqual(delta.Version, report.Version);
            string said = Stored(_ => new SqlRunLedger(Output().Database).Run(report.RunId)!.Message!);
            StringAssert.Contains(said, $"version {night} stays current: newer version {delta.Version} was rolled back");
            Assert.IsTrue(recorder.Events.OfType<StageNote>().Any(n => n.Message == said));
        }
    }

    [TestMethod]
    public async Task New_events_after_a_rollback_publish_and_say_what_was_rolled_back()
    {
        string night = Current;
        Hour(1, ("7", "3"));
        string undone = (await DeltaShop.Delta(Options())).Version!;
        Rollback();
        Hour(2, ("8", "3"));
        var report = await DeltaShop.Delta(Options());

        Assert.AreEqual(report.Version, Current);
        StringAssert.Contains(report.Message!, $"{report.Version} is current now and goes on from {night}; before, newer version {undone} was rolled back");
        Hour(3, ("9", "3"));
        Assert.IsNull((await DeltaShop.Delta(Options())).Message);
    }

    [TestMethod]
    public async Task A_rolled_back_version_is_current_again_when_an_operator_says_so()
    {
        Hour(1, ("7", "3"));
        string undone = (await DeltaShop.Delta(Options())).Version!;
        Rollback();
        using (var output = OutputFolder.OpenForWriting(Options().Publish, new FixedTime())) output.Rollback(undone);

        Assert.AreEqual(undone, (await DeltaShop.Delta(Options())).Version);
        Assert.AreEqual(undone, Current);
    }

    [TestMethod]
    public async Task The_run_of_a_version_that_was_rolled_back_to_stays_on_disk()
    {
        var options = Options();
        options.Runs.Keep = 2;
        string night = Current;
        foreach (int hour in new[] { 1, 2, 3 })
        {
            Hour(hour, ("7", $"{hour}"));
            await DeltaShop.Delta(options);
        }
        using (var output = OutputFolder.OpenForWriting(options.Publish, new FixedTime())) output.Rollback(night);
        foreach (int hour in new[] { 4, 5, 6 })
        {
            Hour(hour, ("8", $"{hour}"));
            options.ListsGate.ChurnFail = 0;
            options.ListsGate.ChurnWarn = 0;
            await Assert.ThrowsAsync<Pipeline.Errors.GateRefusedException>(() => DeltaShop.Delta(options));
        }
        options.ListsGate = new();
        Assert.AreEqual(night, Stored(s => s.Find(DeltaShop.Delta(options).GetAwaiter().GetResult().Version!)!.Base));
    }

    [TestMethod]
    public async Task Prices_titles_and_categories_arrive_though_lists_stay_equal()
    {
        string night = Current;
        var lists = Stored(s => DeltaShop.Lists(s));
        await Priced(2.36, delta: true);
        await Priced(1234567.25, delta: false);
        // A price that goes back finds all work done before, and arrives nonetheless.
        await Priced(2.36, delta: true);
        Assert.AreEqual(night, Current);
        DeltaItems.Change(Log, i => i.Id == 3 ? i with { Title = "Renamed", Category = "Elsewhere" } : i);
        await DeltaShop.Delta(Options());
        Assert.AreEqual(new ItemTitle("3", "Renamed", "Elsewhere", 2.36), Stored(s => s.Titles(["3"])["3"]));
        CollectionAssert.AreEquivalent(lists, Stored(s => DeltaShop.Lists(s)));

        async Task Priced(double price, bool delta)
        {
            DeltaItems.Change(Log, i => i.Id == 3 ? i with { Price = price } : i);
            await (delta ? DeltaShop.Delta(Options()) : SmallNight.Run(Options()));
            Assert.AreEqual(price, Stored(s => s.Titles(["3"])["3"].Price));
        }
    }

    [TestMethod]
    [DataRow("no rows")]
    [DataRow("three guests")]
    [DataRow("only bots")]
    [DataRow("unknown items")]
    public async Task A_quiet_hour_changes_nothing_and_is_no_refusal(string hour)
    {
        var options = Options();
        options.Ingest.Bots.Kinds = ["view", "purchase"];
        options.Ingest.Items!.UnlistedAvailable = false;
        await SmallNight.Run(options);
        string night = Current;
        Hour(1, hour switch
        {
            "no rows" => [],
            "three guests" => [("", "3"), ("", "4"), ("", "5")],
            "only bots" => [.. Enumerable.Range(0, 300).Select(n => ("990001", $"{n % 119 + 1}"))],
            _ => [("7", "777001"), ("8", "777002")],
        });
        var report = await DeltaShop.Delta(options);

        Assert.AreEqual((RunState.Finished, night), (report.State, Current));
        Assert.AreEqual(1, Stored(s => s.Versions().Count(v => v.Created >= s.Find(night)!.Created)));
    }

    [TestMethod]
    [DataRow(20)]
    [DataRow(4)]
    public async Task Another_list_length_holds_for_lists_that_are_made_anew(int length)
    {
        var options = Options();
        options.Diversify.ListLength = length;
        foreach (int hour in new[] { 1, 2 })
        {
            Hour(hour, ($"{hour + 6}", "3"));
            var recorder = new Recorder();
            var report = await DeltaShop.Delta(options, recorder);

            Assert.AreEqual(length, Stored(s => s.List($"{hour + 6}").Count));
            Assert.AreEqual(10, Stored(s => s.List("20").Count));
            Assert.AreEqual(1, report.Metric("materialize", "delta.users_folded_in"));
            if (hour == 1) Assert.IsTrue(recorder.Events.OfType<StageNote>().Any(n => n.Message.StartsWith("Diversify:ListLength changed since", default)));
        }
    }

    [TestMethod]
    public async Task Exploration_that_was_switched_on_waits_for_the_night_and_says_so()
    {
        var options = Options();
        options.Diversify.Explore.Enabled = true;
        options.Diversify.Lambda = 0.5;
        Hour(1, ("7", "3"));
        var recorder = new Recorder();
        var report = await DeltaShop.Delta(options, recorder);

        var notes = recorder.Events.OfType<StageNote>().Select(n => n.Message).ToList();
        StringAssert.Contains(notes.Single(n => n.StartsWith("Diversify:Explore:Enabled changed since", default)), "next night takes the change up");
        StringAssert.Contains(notes.Single(n => n.StartsWith("Diversify:Lambda changed since", default)), "new lists follow");
        Assert.IsTrue(Stored(s => s.List("7").All(e => e.Propensity == 1)));
        Assert.AreEqual(report.Version, Current);
    }

    [TestMethod]
    public async Task A_method_without_lambda_waits_where_the_lists_are_drawn()
    {
        var options = Options();
        options.Diversify.Explore.Enabled = true;
        await SmallNight.Run(options);
        options = Options();
        options.Diversify.Method = "none";
        Hour(1, ("7", "3"));
        var recorder = new Recorder();
        await DeltaShop.Delta(options, recorder);

        Assert.IsTrue(recorder.Events.OfType<StageNote>().Any(
            n => n.Message.StartsWith("Diversify:Explore:Enabled, Diversify:Method changed since", default)));
        Assert.IsTrue(Stored(s => s.List("7").All(e => e.Propensity is > 0 and < 1)));
    }

    [TestMethod]
    public async Task Versions_with_drawn_lists_stay_as_long_as_feedback_may_join_them()
    {
        var options = Options();
        options.Diversify.Explore.Enabled = true;
        options.Publish.KeepVersions = 1;
        string undrawn = Current;
        string night = (await SmallNight.Run(options)).Version!;
        var deltas = new List<string>();
        foreach (int hour in new[] { 1, 2, 3 })
        {
            Hour(hour, ($"{hour + 6}", "3"));
            deltas.Add((await DeltaShop.Delta(options)).Version!);
        }
        deltas.Reverse();
        CollectionAssert.AreEqual(deltas.Append(night).ToArray(), Stored(s => s.Versions().Select(v => v.Version).ToArray()), undrawn);

        options.Publish.KeepDays = 0;
        Hour(4, (DeltaShop.New, "3"));
        string last = (await DeltaShop.Delta(options)).Version!;
        CollectionAssert.AreEqual(new[] { last, night }, Stored(s => s.Versions().Select(v => v.Version).ToArray()));
    }

    [TestMethod]
    public async Task An_item_that_was_off_the_shelf_for_an_hour_gets_its_places_back()
    {
        var night = Stored(s => DeltaShop.Lists(s));
        string item = Stored(s => s.Lists(s.Current!).SelectMany(l => l.ItemIds).GroupBy(i => i).MaxBy(g => g.Count())!.Key);
        DeltaItems.Change(Log, i => i with { Stock = i.Id.ToString(default(IFormatProvider)) == item ? 0 : 1 });
        Hour(1, ("7", "3"));
        await DeltaShop.Delta(Options());
        Assert.IsFalse(Stored(s => s.Lists(s.Current!).Any(l => l.ItemIds.Contains(item))));
        Hour(2, ("8", "3"));
        await DeltaShop.Delta(Options());
        DeltaItems.Change(Log, i => i with { Stock = 1 });
        var report = await DeltaShop.Delta(Options());

        var back = Stored(s => DeltaShop.Lists(s));
        CollectionAssert.AreEquivalent(
            Array.Empty<string>(), night.Keys.Where(u => u is not ("7" or "8") && night[u] != back[u]).ToArray());
        Assert.IsTrue(report.Metric("materialize", "delta.users_restocked") > 0);
        Assert.IsTrue(report.Metric("materialize", "delta.users_kept") > 0);
    }
}
