using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Tests.Embed.Graphs;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

[TestClass]
internal sealed class EmbedNightTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public EmbedNightTests()
    {
        SmallNight.WriteLog(_folder.File("log"));
        SmallModel.Write(_folder.File("model"), SmallModel.Graph);
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task A_second_night_over_an_unchanged_catalog_infers_nothing_and_says_so()
    {
        var comes = SmallNight.HoldBack(_folder.File("log"));
        var first = await Embed();
        comes();
        var second = await Embed();
        var third = await Embed(seed: 7);

        Assert.AreEqual((120.0, 120.0, 0.0), (Metric(first, "embed.items"), Metric(first, "embed.encoded"), Metric(first, "embed.cached")));
        Assert.AreEqual(StageState.Reused, second.Stages[1].State, "a new day of the log, the same catalog: the stage does not even run");
        Assert.AreEqual((0.0, 120.0), (Metric(second, "embed.encoded"), Metric(second, "embed.cached")));
        Assert.AreEqual(StageState.Finished, third.Stages[1].State, "another seed: the stage runs, on the cache alone");
        Assert.AreEqual((0.0, 120.0), (Metric(third, "embed.encoded"), Metric(third, "embed.cached")));
        Assert.AreEqual("cpu", first.Stages[1].Manifest!.Facts["provider"]);
        CollectionAssert.AreEqual(
            EmbedArtifacts.ReadContent(first.Stages[1].Folder).Text!.Vectors.Values,
            EmbedArtifacts.ReadContent(third.Stages[1].Folder).Text!.Vectors.Values);

        double Metric(RunReport run, string name)
        {
            using var output = OutputFolder.OpenForReading(new PublishOptions { Path = _folder.File("out") });
            return new SqlRunLedger(output.Database).Metrics(run.RunId).Single(m => m.Stage == "embed" && m.Name == name).Value;
        }
    }

    [TestMethod]
    public async Task Another_model_embeds_again_and_an_unusable_one_stops_the_night_at_once()
    {
        await Embed();
        SmallModel.Write(_folder.File("model"), SmallModel.Graph with { Seed = 9 });
        var other = await Embed();
        Assert.AreEqual(120, other.Metric("embed", "embed.encoded"));

        SmallModel.Write(_folder.File("model"), SmallModel.Graph with { Vocabulary = 20 });
        var recorder = new Recorder();
        var e = await Assert.ThrowsExactlyAsync<TextModelException>(() => Embed(recorder));
        StringAssert.Contains(e.Message, "model.onnx");
        Assert.AreEqual(0, recorder.Events.Count);
    }

    private Task<RunReport> Embed(IRunObserver? observer = null, ulong seed = 42)
    {
        var night = SmallNight.Options(_folder.File("log"), _folder.File("out"));
        night.Embed.Model = _folder.File("model");
        night.Embed.Device = EmbedDevice.Cpu;
        night.Runs.Seed = seed;
        return SmallNight.Run(night, observer, new RunRequest("embed"));
    }
}
