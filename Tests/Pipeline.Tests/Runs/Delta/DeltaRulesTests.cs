using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Tests.Runs.Delta;

[TestClass]
internal sealed class DeltaRulesTests
{
    private const string Limited = """
        { "rules": [ { "name": "not this", "kind": "exclude", "where": { "item": "5" } },
                     { "name": "few", "kind": "limit", "per": "item", "lists": 60, "where": { "item": { "!=": "0" } } } ] }
        """;

    private static PipelineOptions Options(TempFolder folder, string rules)
    {
        var night = DeltaShop.Options(folder.File("log"), folder.File("out"));
        File.WriteAllText(folder.File("rules.json"), rules);
        night.Rules.File = folder.File("rules.json");
        return night;
    }

    [TestMethod]
    public async Task New_lists_keep_to_limits_beside_those_that_are_kept()
    {
        using var folder = new TempFolder();
        DeltaShop.WriteLog(folder.File("log"));
        await SmallNightRun(Options(folder, Limited));
        DeltaShop.NextDay(folder.File("log"), bought: "9");

        var delta = await DeltaShop.Delta(Options(folder, Limited));

        var materialize = delta.Stages.Single(s => s.Stage == StageNames.Materialize);
        Assert.IsGreaterThan(0, materialize.Manifest!.Metrics["delta.users_kept"]);
        Assert.IsGreaterThan(0, materialize.Manifest.Metrics["delta.users_folded_in"]);
        using var output = OutputFolder.OpenForReading(new PublishOptions { Path = folder.File("out") });
        var shown = output.Store.Lists(output.Store.Current!).SelectMany(l => l.ItemIds).CountBy(i => i).ToDictionary();
        Assert.IsFalse(shown.ContainsKey("5"));
        Assert.IsTrue(shown.Where(s => s.Key != "0").All(s => s.Value <= 60), string.Join(' ', shown));
        Assert.AreEqual(0, RulesReport.Read(Path.Combine(materialize.Folder, RulesReport.FileName)).Allocation!.Broken);
        Assert.IsFalse(Directory.Exists(Path.Combine(materialize.Folder, "allocated")));
    }

    [TestMethod]
    public async Task Other_rules_make_all_lists_again_and_say_so()
    {
        using var folder = new TempFolder();
        DeltaShop.WriteLog(folder.File("log"));
        await SmallNightRun(Options(folder, Limited));
        DeltaShop.NextDay(folder.File("log"), bought: "9");

        var delta = await DeltaShop.Delta(Options(folder, """{ "rules": [ { "name": "hero", "kind": "pin", "where": { "item": "7" }, "position": 1 } ] }"""));

        var manifest = delta.Stages.Single(s => s.Stage == StageNames.Materialize).Manifest!;
        Assert.AreEqual(0, manifest.Metrics["delta.users_kept"]);
        using var output = OutputFolder.OpenForReading(new PublishOptions { Path = folder.File("out") });
        var store = output.Store;
        Assert.AreEqual(0, store.Lists(store.Current!).Count(l => l.ItemIds.Contains("7") && l.ItemIds[0] != "7"));
        Assert.IsGreaterThan(100, store.Lists(store.Current!).Count(l => l.ItemIds[0] == "7"));
    }

    private static Task<RunReport> SmallNightRun(PipelineOptions night) => Nightly.SmallNight.Run(night);
}
