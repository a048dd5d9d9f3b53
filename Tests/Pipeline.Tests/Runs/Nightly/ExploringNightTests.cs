using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

[TestClass]
internal sealed class ExploringNightTests
{
    internal static PipelineOptions Options(TempFolder folder, string output = "out", int threads = 2)
    {
        var night = SmallNight.Options(folder.File("log"), folder.File(output), threads);
        night.Diversify.Explore.Enabled = true;
        night.Diversify.Explore.Arms = [0.1, 0.2, 0.8];
        night.Embed.Model = "none";
        return night;
    }

    [TestMethod]
    public async Task The_policy_and_its_draws_are_kept_with_the_version_for_any_threads()
    {
        using var folder = new TempFolder();
        SmallNight.WriteLog(folder.File("log"));

        var report = await SmallNight.Run(Options(folder));
        await SmallNight.Run(Options(folder, "other", threads: 1));

        Assert.AreEqual(SmallNight.Manifest(folder.File("out")), SmallNight.Manifest(folder.File("other")));
        using var output = OutputFolder.OpenForReading(new PublishOptions { Path = folder.File("out") });
        var version = output.Store.Find(report.Version!)!;
        var policy = output.PolicyOf(version.Version)!;
        Assert.AreEqual("initial", policy.Origin);
        CollectionAssert.AreEqual(new[] { 0.1, 0.2, 0.8 }, policy.Arms.ToArray());
        int rows = 0;
        var seen = new int[3];
        foreach (var batch in ParquetFiles.Reader().Read(Path.Combine(output.FolderOf(version.Version), "list_arms", "part-00001.parquet")))
        {
            var (users, contexts, arms) = (
                batch.Column<Utf8Column>("user_id"), batch.Column<ValueColumn<int>>("context"), batch.Column<ValueColumn<int>>("arm"));
            for (int row = 0; row < batch.RowCount; row++, rows++)
            {
                Assert.AreEqual(policy.ArmOf(users[row], contexts.Values[row]), arms.Values[row]);
                seen[arms.Values[row]]++;
                var list = output.Store.List(System.Text.Encoding.UTF8.GetString(users[row]));
                Assert.IsTrue(list.Count > 0 && list.All(e => e.Propensity == policy.Probability(contexts.Values[row], arms.Values[row])));
            }
        }
        Assert.AreEqual(version.Users, rows);
        Assert.IsTrue(seen.All(s => s > 0), string.Join(' ', seen));
        Assert.AreEqual(0, output.Damage(version).Count);

        File.WriteAllText(Path.Combine(output.FolderOf(version.Version), "policy.json"), (policy with { Salt = "other" }).ToJson());
        StringAssert.Contains(output.Damage(version).Single(), "policy.json");
    }

    [TestMethod]
    public async Task Without_exploration_a_version_has_no_policy_and_its_lists_no_draw()
    {
        using var folder = new TempFolder();
        SmallNight.WriteLog(folder.File("log"));
        var night = Options(folder);
        night.Diversify.Explore.Enabled = false;

        var report = await SmallNight.Run(night);

        using var output = OutputFolder.OpenForReading(new PublishOptions { Path = folder.File("out") });
        Assert.IsNull(output.PolicyOf(report.Version!));
        Assert.IsFalse(SmallNight.Manifest(folder.File("out")).Contains("olicy", StringComparison.Ordinal));
        Assert.IsFalse(Directory.Exists(Path.Combine(output.FolderOf(report.Version!), "list_arms")));
    }

    [TestMethod]
    public async Task A_policy_that_the_operator_names_is_used_and_another_makes_new_lists()
    {
        using var folder = new TempFolder();
        SmallNight.WriteLog(folder.File("log"));
        var first = await SmallNight.Run(Options(folder));
        using (var output = OutputFolder.OpenForReading(new PublishOptions { Path = folder.File("out") }))
            (output.PolicyOf(first.Version!)! with { Salt = "pinned" }).Save(folder.File("pinned.json"));
        var night = Options(folder);
        night.Diversify.Explore.Policy = folder.File("pinned.json");

        var second = await SmallNight.Run(night);

        Assert.AreNotEqual(first.Version, second.Version);
        Assert.AreEqual(StageState.Reused, second.Stages.Single(s => s.Stage == StageNames.Train).State);
        using (var output = OutputFolder.OpenForReading(new PublishOptions { Path = folder.File("out") }))
            Assert.AreEqual("pinned", output.PolicyOf(second.Version!)!.Salt);
        night.Diversify.Explore.Policy = folder.File("nowhere.json");
        var error = await Assert.ThrowsExactlyAsync<ArtifactException>(() => SmallNight.Run(night));
        StringAssert.Contains(error.Message, "Diversify:Explore:Policy=initial");
    }
}
