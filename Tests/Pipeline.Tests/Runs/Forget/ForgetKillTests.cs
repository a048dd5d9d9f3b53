using System.Text;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Forget;
using Recsys.Batch.Pipeline.Tests.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Tests.Runs.Forget;

/// <summary>A forget is killed at every step of its way: nothing is lost, nobody comes back, and asking again finishes it.</summary>
[TestClass]
internal sealed class ForgetKillTests
{
    private static readonly byte[] Somebody = Encoding.UTF8.GetBytes(PersonalShop.Somebody);

    private static TempFolder s_folder = null!;
    private static string s_expected = null!;

    [ClassInitialize]
    public static async Task Prepare(TestContext _)
    {
        s_folder = new TempFolder();
        PersonalShop.WriteLog(s_folder.File("log"));
        PersonalShop.WriteLog(s_folder.File("never"), without: PersonalShop.Somebody);
        await SmallNight.Run(PersonalShop.Options(s_folder.File("never"), s_folder.File("other")));
        s_expected = SmallNight.Manifest(s_folder.File("other"));
        var addLastDay = SmallNight.HoldBack(s_folder.File("log"));
        await SmallNight.Run(PersonalShop.Options(s_folder.File("log"), s_folder.File("nights")));
        addLastDay();
        await SmallNight.Run(PersonalShop.Options(s_folder.File("log"), s_folder.File("nights")));
    }

    [ClassCleanup]
    public static void Clean() => s_folder.Dispose();

    [TestMethod]
    [DataRow("ingest", "start")]
    [DataRow("ingest", "end")]
    [DataRow("forget", "start")]
    [DataRow("forget", "middle")]
    [DataRow("forget", "third step")]
    [DataRow("forget", "end")]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task A_killed_forget_is_finished_by_asking_again(string stage, string moment)
    {
        string output = s_folder.File($"{stage}-{moment.Replace(' ', '-')}");
        Copy(s_folder.File("nights"), output);
        await Kill(stage, moment, output);

        // Without a name: those who were asked for are known by their hashes.
        var night = PersonalShop.Options(s_folder.File("log"), output);
        await ForgetRun.RunAsync(night, [], NoObserver.Instance, new SteppingTime());

        Assert.AreEqual("", string.Join("; ", ForgetSearch.Find(night.Publish, [Somebody], default)));
        Assert.AreEqual("", string.Join("; ", PersonalShop.FilesWith(output, PersonalShop.Somebody)));
        await SmallNight.Run(night);
        Assert.AreEqual(s_expected, SmallNight.Manifest(output));
    }

    [TestMethod]
    [DataRow("ingest", "start")]
    [DataRow("forget", "middle")]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task A_night_after_a_killed_forget_is_already_without_them(string stage, string moment)
    {
        string output = s_folder.File($"night-{stage}-{moment.Replace(' ', '-')}");
        Copy(s_folder.File("nights"), output);
        await Kill(stage, moment, output);
        var recorder = new Recorder();

        await SmallNight.Run(PersonalShop.Options(s_folder.File("log"), output), recorder);

        Assert.AreEqual(s_expected, SmallNight.Manifest(output));
        Assert.IsTrue(recorder.Events.OfType<StageNote>().Any(n => n.Message.Contains("a forget was cut short", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task Files_without_them_beside_rows_with_them_are_finished_too()
    {
        string output = s_folder.File("between");
        Copy(s_folder.File("nights"), output);
        string rows = Path.Combine(output, "recsys.db");
        var night = PersonalShop.Options(s_folder.File("log"), output);
        await ForgetRun.RunAsync(night, [Somebody], NoObserver.Instance, new SteppingTime());
        // The rows as they were before, as if the kill had come between a version's files and its rows.
        foreach (string file in Directory.GetFiles(output, "recsys.db*")) File.Delete(file);
        File.Copy(Path.Combine(s_folder.File("nights"), "recsys.db"), rows);

        var report = (await ForgetRun.RunAsync(night, [Somebody], NoObserver.Instance, new SteppingTime()))!;

        Assert.IsTrue(report.Versions.Count == 2 && report.Versions.All(v => v is { Users: 1, IsDeleted: false }));
        Assert.AreEqual("", string.Join("; ", ForgetSearch.Find(night.Publish, [Somebody], default)));
        using var folder = OutputFolder.OpenForReading(night.Publish);
        Assert.IsTrue(folder.Store.Versions().All(v => folder.Damage(v).Count == 0));
    }

    [TestMethod]
    public void A_folder_on_its_way_is_put_back()
    {
        string output = s_folder.File("renamed");
        Copy(s_folder.File("nights"), output);
        var options = new PublishOptions { Path = output };
        string version;
        using (var before = OutputFolder.OpenForReading(options)) version = before.Store.Current!;
        string versions = Path.Combine(output, "versions");
        Directory.Move(Path.Combine(versions, version), Path.Combine(versions, ".replaced-" + version));
        Directory.CreateDirectory(Path.Combine(versions, ".staging-" + version));

        using var folder = OutputFolder.OpenForWriting(options, new SteppingTime());

        Assert.AreEqual("", string.Join("; ", folder.Damage(folder.Store.Find(version)!)));
        Assert.HasCount(2, Directory.GetDirectories(versions));
    }

    private static async Task Kill(string stage, string moment, string output)
    {
        using var child = ChildProcess.Start("forget", s_folder.File("log"), output, PersonalShop.Somebody, stage, moment);
        await child.WaitForExitAsync();
        Assert.AreEqual(137, child.ExitCode, await child.StandardOutput.ReadToEndAsync() + await child.StandardError.ReadToEndAsync());
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
