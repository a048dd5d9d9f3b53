using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

[TestClass]
internal sealed class NightKillTests
{
    private static TempFolder s_folder = null!;
    private static string s_expected = null!;

    [ClassInitialize]
    public static async Task Prepare(TestContext _)
    {
        s_folder = new TempFolder();
        SmallNight.WriteLog(s_folder.File("log"));
        await SmallNight.Run(SmallNight.Options(s_folder.File("log"), s_folder.File("whole")));
        s_expected = SmallNight.Manifest(s_folder.File("whole"));
    }

    [ClassCleanup]
    public static void Clean() => s_folder.Dispose();

    [TestMethod]
    [DataRow("ingest", "middle")]
    [DataRow("train", "start")]
    [DataRow("evaluate", "middle")]
    [DataRow("materialize", "middle")]
    [DataRow("publish", "middle")]
    [DataRow("publish", "end")]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task A_night_killed_in_a_stage_goes_on_and_gives_the_same_bytes(string stage, string moment)
    {
        string output = s_folder.File($"{stage}-{moment}");
        using (var child = ChildProcess.Start("night", s_folder.File("log"), output, stage, moment))
        {
            await child.WaitForExitAsync();
            Assert.AreEqual(137, child.ExitCode, await child.StandardOutput.ReadToEndAsync() + await child.StandardError.ReadToEndAsync());
        }
        var recorder = new Recorder();
        var report = await SmallNight.Run(SmallNight.Options(s_folder.File("log"), output), recorder);

        Assert.AreEqual(s_expected, SmallNight.Manifest(output));
        Assert.IsTrue(recorder.Events.OfType<RunStarted>().Single().Resumed);
        string[] all = ["ingest", "embed", "train", "rank", "evaluate", "neighbors", "places", "materialize", "publish"];
        CollectionAssert.AreEqual(moment == "end" ? [] : all[Array.IndexOf(all, stage)..], recorder.Ran.ToArray());
        Assert.AreEqual(RunState.Finished, report.State);
    }

    [TestMethod]
    [DataRow(20)]
    [DataRow(150)]
    [DataRow(350)]
    [OSCondition(OperatingSystems.Linux)]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task A_night_that_runs_out_of_disk_says_so_and_the_next_has_the_same_bytes(int kilobytes)
    {
        string output = s_folder.File($"disk-{kilobytes}");
        using (var child = ChildProcess.StartOnSmallDisk(kilobytes, "night", s_folder.File("log"), output, "none", "never"))
        {
            string said = await child.StandardOutput.ReadToEndAsync();
            string error = await child.StandardError.ReadToEndAsync();
            await child.WaitForExitAsync();
            Assert.AreEqual(1, child.ExitCode, said + error);
            Assert.AreEqual("", error);
            Assert.AreEqual(1, said.Trim().Split('\n').Length, said);
            StringAssert.Contains(said, output);
        }
        await SmallNight.Run(SmallNight.Options(s_folder.File("log"), output));

        Assert.AreEqual(s_expected, SmallNight.Manifest(output));
    }
}
