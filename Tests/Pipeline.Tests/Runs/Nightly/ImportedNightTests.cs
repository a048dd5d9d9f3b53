using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Train.Imported;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

/// <summary>Nights with factors that another night's ALS trained, written as Spark would.</summary>
[TestClass]
internal sealed class ImportedNightTests
{
    private static TempFolder s_folder = null!;
    private static RunReport s_own = null!;

    [ClassInitialize]
    public static async Task TrainElsewhere(TestContext _)
    {
        s_folder = new TempFolder();
        SmallNight.WriteLog(s_folder.File("log"));
        s_own = await SmallNight.Run(Options("own", "ials"));
        Export("", TrainStep.Serving);
        Export("-before", $"{TrainStep.HoldOutFolder}/00-ials.bin");
    }

    [ClassCleanup]
    public static void Clean() => s_folder.Dispose();

    [TestMethod]
    public async Task Factors_of_our_own_training_give_its_lists_and_its_figures()
    {
        var night = Options("measured", "imported");
        (night.Train.Imported.HoldOut.UserFactors, night.Train.Imported.HoldOut.ItemFactors) = (
            s_folder.File("users-before.parquet"), s_folder.File("items-before.parquet"));
        var report = await SmallNight.Run(night);

        Assert.AreEqual(SmallNight.Manifest(s_folder.File("own")), SmallNight.Manifest(s_folder.File("measured")));
        Assert.AreEqual(Figure(s_own, "ials.new.ndcg@10"), Figure(report, "imported.new.ndcg@10"));
        Assert.IsTrue(Figure(report, "imported.new.ndcg@10") > 0);
        var checks = report.Stages.Single(s => s.Stage == "evaluate").Manifest!.Checks;
        Assert.AreEqual(0, checks.Single(c => c.Name == "holdout_leak_users").Value);
        Assert.IsTrue(checks.All(c => c.Level != ConstraintLevel.Fail));
    }

    [TestMethod]
    public async Task Without_factors_for_the_hold_out_nothing_is_published_unless_asked_for()
    {
        var recorder = new Recorder();
        var refused = await Assert.ThrowsExactlyAsync<GateRefusedException>(() => SmallNight.Run(Options("blind", "imported"), recorder));
        Assert.AreEqual(3, refused.ExitCode);
        StringAssert.Contains(refused.Message, "not evaluated: trained elsewhere on everything; give Train:Imported:HoldOut");
        using (var output = OutputConnection.OpenForServing(new PublishOptions { Path = s_folder.File("blind") }, TimeProvider.System))
            Assert.IsNull(output.Store.Current);

        var night = Options("blind", "imported");
        night.Train.Imported.PublishUnevaluated = true;
        var report = await SmallNight.Run(night);
        var evaluated = report.Stages.Single(s => s.Stage == "evaluate");
        Assert.AreEqual(ConstraintLevel.Warn, evaluated.Manifest!.Checks.Single().Level);
        Assert.IsTrue(evaluated.Manifest!.Metrics.Keys.Any(m => m.StartsWith("popularity.new.", StringComparison.Ordinal)));
        Assert.IsFalse(evaluated.Manifest!.Metrics.Keys.Any(
            m => m.StartsWith("imported", StringComparison.Ordinal)
                || m.StartsWith("diversified", StringComparison.Ordinal)
                || m.StartsWith("hybrid", StringComparison.Ordinal)));
        var file = EvaluationFile.Read(Path.Combine(evaluated.Folder, EvaluationFile.Name));
        Assert.AreEqual("imported", file.Serving);
        Assert.AreEqual(0, file.Published().Count);
        using var blind = OutputConnection.OpenForReading(new PublishOptions { Path = s_folder.File("blind") }, TimeProvider.System);
        Assert.AreEqual(report.Version, blind.Store.Current);
        Assert.AreEqual(SmallNight.Manifest(s_folder.File("own")), SmallNight.Manifest(s_folder.File("blind")), "the lists need no hold-out");

        var sweep = await Assert.ThrowsExactlyAsync<RunFailedException>(() => SmallNight.Run(night, request: new RunRequest("sweep")));
        StringAssert.Contains(sweep.Message, "nothing honest to measure");
    }

    [TestMethod]
    public void Hold_out_factors_that_know_who_came_after_its_cut_stop_the_night()
    {
        Assert.AreEqual(ConstraintLevel.Pass, Level(new HoldOutOverlap(100, 0, 0, 0)));
        Assert.AreEqual(ConstraintLevel.Warn, Level(new HoldOutOverlap(100, 50, 0, 0)));
        Assert.AreEqual(ConstraintLevel.Fail, Level(new HoldOutOverlap(100, 51, 0, 0)));
        Assert.AreEqual(ConstraintLevel.Warn, Level(new HoldOutOverlap(19, 19, 0, 0)), "too few to be sure");

        static ConstraintLevel Level(HoldOutOverlap later) => ImportedGate.Check(new ServingModel("imported", Later: later)).First().Level;
    }

    private static PipelineOptions Options(string output, string algorithm)
    {
        var night = SmallNight.Options(s_folder.File("log"), s_folder.File(output));
        night.Embed.Model = "none";
        night.Train.Algorithm = algorithm;
        night.Train.Text.Use = Recsys.Batch.Pipeline.Train.Hybrid.TextUse.Off;
        (night.Train.Imported.UserFactors, night.Train.Imported.ItemFactors) = (s_folder.File("users.parquet"), s_folder.File("items.parquet"));
        return night;
    }

    private static void Export(string suffix, string artifact)
    {
        string ingest = s_own.Stages.Single(s => s.Stage == "ingest").Folder, train = s_own.Stages.Single(s => s.Stage == "train").Folder;
        var model = (AlsModel)TrainedModels.Load(new ArtifactReader(Path.Combine(train, artifact)));
        var before = suffix.Length == 0 ? IngestArtifacts.ReadInteractions(ingest) : IngestArtifacts.ReadHoldOut(ingest).Train;
        SparkFactors.Write(
            s_folder.File($"users{suffix}.parquet"), model.Factors.Users, IngestArtifacts.ReadUsers(ingest), u => before.ByUser.RowLength(u) > 0);
        SparkFactors.Write(
            s_folder.File($"items{suffix}.parquet"), model.Factors.Items, IngestArtifacts.ReadItems(ingest), i => before.ByItem.RowLength(i) > 0);
    }

    private static double Figure(RunReport report, string metric) => report.Stages.Single(s => s.Stage == "evaluate").Manifest!.Metrics[metric];
}
