using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Tuning;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Tests.Embed.Graphs;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

/// <summary><c>Embed:Tuning</c> in a night, and job <c>tune-encoder</c>.</summary>
[TestClass]
internal sealed class TunedNightTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public TunedNightTests()
    {
        SmallNight.WriteLog(_folder.File("log"));
        SmallModel.Write(_folder.File("model"), SmallModel.Graph);
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task A_night_tunes_what_it_embeds_and_places_read_the_map()
    {
        var night = Options(TuningUse.Auto);
        var run = await SmallNight.Run(night, request: new RunRequest(StageNames.Places));
        string embed = run.Stages.Single(s => s.Stage == StageNames.Embed).Folder;
        Assert.IsTrue(File.Exists(Path.Combine(embed, TuningReport.FileName)));
        var plain = await SmallNight.Run(Options(TuningUse.Off, "plain"), request: new RunRequest(StageNames.Embed));
        string untuned = plain.Stages.Single(s => s.Stage == StageNames.Embed).Folder;
        Assert.IsFalse(File.Exists(Path.Combine(untuned, EmbedArtifacts.Adapter)));
        var encoded = EmbedArtifacts.ReadContent(untuned).Text!;
        var tuned = EmbedArtifacts.ReadContent(embed).Text!;
        CollectionAssert.AreEqual(EmbedArtifacts.ReadAdapter(embed)!.Apply(encoded, 1).Vectors.Values, tuned.Vectors.Values);
        CollectionAssert.AreNotEqual(encoded.Vectors.Values, tuned.Vectors.Values);

        var again = await SmallNight.Run(night, request: new RunRequest(StageNames.Places));
        Assert.IsTrue(again.Stages.All(s => s.State == StageState.Reused));
    }

    [TestMethod]
    public async Task The_job_writes_an_encoder_that_a_night_takes()
    {
        var run = await SmallNight.Run(Options(TuningUse.Off), request: new RunRequest(StageNames.TuneEncoder));
        string folder = run.Stages.Single(s => s.Stage == StageNames.TuneEncoder).Folder;
        StringAssert.Contains(File.ReadAllText(Path.Combine(folder, TuningReport.FileName)), "the tuned encoder serves");
        var night = Options(TuningUse.Off, "tuned");
        night.Embed.Model = Path.Combine(folder, TuneEncoderStep.Encoder);
        var after = Vectors(await SmallNight.Run(night, request: new RunRequest(StageNames.Embed)));
        var inside = Vectors(await SmallNight.Run(Options(TuningUse.Auto, "inside"), request: new RunRequest(StageNames.TuneEncoder)));
        for (int item = 0; item < after.Rows; item++)
            for (int k = 0; k < after.Rank; k++) Assert.AreEqual(inside.Row(item)[k], after.Row(item)[k], 1e-4);

        static FactorMatrix Vectors(RunReport run) =>
            EmbedArtifacts.ReadContent(run.Stages.Single(s => s.Stage == StageNames.Embed).Folder).Text!.Vectors;
    }

    [TestMethod]
    public async Task With_several_windows_the_map_is_of_what_lies_before_the_oldest()
    {
        var night = Options(TuningUse.Auto);
        night.Train.Algorithm = "auto";
        night.Train.Auto.Cuts = 2;
        var run = await SmallNight.Run(night, request: new RunRequest(StageNames.Embed));
        CollectionAssert.IsSubsetOf(
            new[] { "ingest/validation-2.bin" }, run.Stages.Single(s => s.Stage == StageNames.Embed).Manifest!.Inputs.Keys.ToArray());
        string ingest = run.Stages.Single(s => s.Stage == StageNames.Ingest).Folder;
        Assert.IsLessThan(IngestArtifacts.ReadValidation(ingest).Train.Count, IngestArtifacts.ReadEarlier(ingest, 1)[0].Train.Count);
    }

    [TestMethod]
    public async Task The_job_takes_the_map_of_a_night_that_tunes()
    {
        var run = await SmallNight.Run(Options(TuningUse.Auto), request: new RunRequest(StageNames.TuneEncoder));
        string folder = run.Stages.Single(s => s.Stage == StageNames.TuneEncoder).Folder;
        Assert.IsTrue(File.Exists(Path.Combine(folder, TuneEncoderStep.Encoder, "model.onnx")));
        Assert.IsFalse(File.Exists(Path.Combine(folder, TuningReport.FileName)), "it is stage embed's, and learned once");
    }

    private PipelineOptions Options(TuningUse use, string output = "out")
    {
        var night = SmallNight.Options(_folder.File("log"), _folder.File(output));
        night.Embed.Model = _folder.File("model");
        night.Embed.Device = EmbedDevice.Cpu;
        night.Embed.Tuning.Use = use;
        night.Embed.Tuning.MinUsers = 30;
        return night;
    }
}
