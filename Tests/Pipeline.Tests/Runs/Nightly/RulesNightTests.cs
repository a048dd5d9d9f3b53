using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

[TestClass]
internal sealed class RulesNightTests
{
    internal const string Rules = """
        {
          "rules": [
            { "name": "not these", "kind": "exclude", "where": { "item": ["3", "11"] } },
            { "name": "hero", "kind": "pin", "where": { "item": "20" }, "position": 2 },
            { "name": "brands", "kind": "cap", "per": "brand", "most": 2 },
            { "name": "everywhere", "kind": "limit", "per": "item", "lists": 90, "priority": 1, "where": { "price": { ">": 0 }, "item": { "!=": "20" } } },
            { "name": "each", "kind": "floor", "per": "item", "lists": 3 },
            { "name": "summer", "kind": "exclude", "where": { "item": "20" }, "from": "2030-01-01" }
          ]
        }
        """;

    internal static PipelineOptions Options(TempFolder folder, string output = "out", string rules = Rules, int threads = 2)
    {
        var night = SmallNight.Options(folder.File("log"), folder.File(output), threads);
        night.Embed.Model = "none";
        File.WriteAllText(folder.File("rules.json"), rules);
        night.Rules.File = folder.File("rules.json");
        return night;
    }

    [TestMethod]
    public async Task Lists_keep_to_the_rules_and_the_version_says_what_these_did()
    {
        using var folder = new TempFolder();
        SmallNight.WriteLog(folder.File("log"));

        var report = await SmallNight.Run(Options(folder));
        await SmallNight.Run(Options(folder, "other", threads: 1));

        Assert.AreEqual(SmallNight.Manifest(folder.File("out")), SmallNight.Manifest(folder.File("other")));
        using var output = OutputFolder.OpenForReading(new PublishOptions { Path = folder.File("out") });
        var store = output.Store;
        var shown = new Dictionary<string, int>();
        foreach (var (user, items) in store.Lists(store.Current!))
        {
            CollectionAssert.DoesNotContain(items.ToArray(), "3");
            CollectionAssert.DoesNotContain(items.ToArray(), "11");
            foreach (string item in items) shown[item] = shown.GetValueOrDefault(item) + 1;
            var list = store.List(user);
            int hero = items.ToList().IndexOf("20");
            if (hero < 0) continue;
            Assert.AreEqual(1, hero);
            Assert.AreEqual(("hero", "promoted", "promoted"), (list[1].Promoted, list[1].ReasonCode, list[1].Source));
        }
        Assert.IsTrue(shown.Where(s => s.Key != "20").All(s => s.Value <= 90), string.Join(' ', shown));
        Assert.IsFalse(store.SegmentDefaults().Any(d => d.ItemId is "3" or "11"));
        Assert.AreEqual("20", store.SegmentDefaults()[1].ItemId);
        var audience = store.ReadPlace(PlaceTables.PromotionAudience, "hero")!.Rows;
        Assert.IsGreaterThan(100, audience.Count);
        Assert.IsTrue(audience.All(r => r.ItemId == "20"));
        Assert.IsNull(store.ReadPlace(PlaceTables.PromotionAudience, "not these"), "it promotes nothing");
        var materialize = report.Stages.Single(s => s.Stage == StageNames.Materialize);
        var said = RulesReport.Read(Path.Combine(materialize.Folder, RulesReport.FileName));
        Assert.IsFalse(said.Rules[5].Active);
        Assert.IsGreaterThan(0, said.Rules[1].Placed);
        Assert.AreEqual(0, said.Allocation!.Broken);
        Assert.IsLessThan(0.02, said.Allocation.Gap);
        Assert.IsTrue(said.Rules[0].Cost is { Users: > 100 } cost && cost.Low <= cost.Lost && cost.Lost <= cost.High);
        Assert.IsGreaterThan(0, said.Rules[1].Cost!.Lost);
        Assert.AreEqual(0, Directory.GetDirectories(materialize.Folder).Count(d => Path.GetFileName(d) is not "blocks"), "drafts are no output");
    }

    [TestMethod]
    public async Task What_nobody_may_be_given_stands_on_no_place_either()
    {
        using var folder = new TempFolder();
        SmallNight.WriteLog(folder.File("log"));
        var night = Options(folder);
        night.Rules.File = null;
        await SmallNight.Run(night);
        string most = Popular(folder)[0];

        await SmallNight.Run(Options(folder, rules: $$"""
            { "rules": [ { "name": "recalled", "kind": "exclude", "where": { "item": "{{most}}" } } ] }
            """));

        var now = Popular(folder);
        Assert.IsGreaterThan(1, now.Length);
        CollectionAssert.DoesNotContain(now, most);

        static string[] Popular(TempFolder folder)
        {
            using var output = OutputFolder.OpenForReading(new PublishOptions { Path = folder.File("out") });
            return [.. output.Store.ReadPlace(PlaceTables.SegmentLists, "all")!.Rows.Select(r => r.ItemId)];
        }
    }

    [TestMethod]
    public async Task Other_rules_make_lists_again_and_none_give_those_of_before()
    {
        using var folder = new TempFolder();
        SmallNight.WriteLog(folder.File("log"));
        var night = Options(folder);
        night.Rules.File = null;
        var plain = await SmallNight.Run(night);

        var ruled = await SmallNight.Run(Options(folder));
        var again = await SmallNight.Run(Options(folder, rules: Rules + "\n"));
        night.Rules.File = null;
        var back = await SmallNight.Run(night);

        Assert.AreNotEqual(plain.Version, ruled.Version);
        Assert.AreEqual(StageState.Reused, ruled.Stages.Single(s => s.Stage == StageNames.Train).State);
        StringAssert.Contains(ruled.Stages.Single(s => s.Stage == StageNames.Materialize).Reason!, "Rules");
        // Another file is other work; equal rules give equal lists all the same.
        Assert.AreEqual(StageState.Finished, again.Stages.Single(s => s.Stage == StageNames.Materialize).State);
        Assert.AreEqual(ruled.Version, again.Version);
        Assert.AreEqual(plain.Version, back.Version);
    }

    [TestMethod]
    public async Task A_night_stopped_in_allocation_goes_on_to_the_same_bytes()
    {
        using var folder = new TempFolder();
        SmallNight.WriteLog(folder.File("log"));
        await SmallNight.Run(Options(folder, "whole"));
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAsync<OperationCanceledException>(() => NightlyRun.RunAsync(
            Options(folder), new RunRequest(), new StopAt("allocated", stop), new SteppingTime(), cancellation: stop.Token));
        var report = await SmallNight.Run(Options(folder));

        Assert.AreEqual("resumes where it was interrupted", report.Stages.Single(s => s.Stage == StageNames.Materialize).Reason);
        Assert.AreEqual(SmallNight.Manifest(folder.File("whole")), SmallNight.Manifest(folder.File("out")));
    }

    [TestMethod]
    public async Task A_wrong_rules_file_stops_the_night_before_it_begins()
    {
        using var folder = new TempFolder();
        SmallNight.WriteLog(folder.File("log"));
        var night = Options(folder, rules: """{ "rules": [ { "name": "x", "kind": "boost", "where": { "brand": "a" }, "by": 99 } ] }""");

        var error = await Assert.ThrowsExactlyAsync<ConfigurationException>(() => SmallNight.Run(night));
        StringAssert.Contains(error.Message, "rule 1 'x', by is 99; expected a number from -10 to 10");
        Assert.ThrowsExactly<ConfigurationException>(() => NightlyRun.Plan(night, new RunRequest(), TimeProvider.System));
        Assert.IsFalse(Directory.Exists(folder.File("out")));
    }

    private sealed class StopAt(string step, CancellationTokenSource stop) : IRunObserver
    {
        public void On(RunEvent happened)
        {
            if (happened is StageProgressed at && at.Step == step) stop.Cancel();
        }
    }
}
