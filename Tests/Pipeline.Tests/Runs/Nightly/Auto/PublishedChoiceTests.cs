using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Train.Auto;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly.Auto;

/// <summary>Nights one after the other in an output folder, of which each goes on from what serves.</summary>
[TestClass]
internal sealed class PublishedChoiceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>The log's last day comes.</summary>
    private readonly Action _grow;

    public PublishedChoiceTests()
    {
        SmallNight.WriteLog(_folder.File("log"));
        _grow = SmallNight.HoldBack(_folder.File("log"));
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task An_unchanged_night_is_not_trained_again()
    {
        await SmallNight.Run(Options());
        var recorder = new Recorder();
        await SmallNight.Run(Options(), recorder);
        Assert.AreEqual("", string.Join(", ", recorder.Ran));

        // Also where the one before it went on from another.
        _grow();
        await SmallNight.Run(Options());
        await SmallNight.Run(Options(), recorder);
        Assert.AreEqual("", string.Join(", ", recorder.Ran));
    }

    [TestMethod]
    public async Task The_next_night_goes_on_from_what_serves()
    {
        var first = await SmallNight.Run(Options());
        Assert.IsNull(Manifest(first).Carried);
        Assert.IsNull(Race(first).Last);
        _grow();
        var second = await SmallNight.Run(Options());

        Assert.IsNotNull(Manifest(second).Carried);
        Assert.AreEqual(Race(first).Settings["Algorithm"], Manifest(second).Carried!["Train:Algorithm"]);
        Assert.IsNotNull(Race(second).Last);
        Assert.AreEqual("last", Race(second).Trials[0].Round);

        // The same night again, by force, begins where it began.
        var again = await SmallNight.Run(Options(), request: new RunRequest { From = StageNames.Train });
        Assert.AreEqual(Manifest(second).Hash, Manifest(again).Hash);
        Assert.AreEqual(File.ReadAllText(Path.Combine(Train(second), AutoChoice.FileName)), File.ReadAllText(Path.Combine(Train(again), AutoChoice.FileName)));
    }

    [TestMethod]
    public async Task A_night_that_does_not_keep_starts_afresh()
    {
        await SmallNight.Run(Options());
        _grow();
        var night = Options();
        night.Train.Auto.KeepChoice = false;
        var second = await SmallNight.Run(night);
        Assert.IsNull(Manifest(second).Carried);
        Assert.IsNull(Race(second).Last);
    }

    [TestMethod]
    public async Task Changed_options_leave_the_choice_out_in_a_line()
    {
        await SmallNight.Run(Options());
        _grow();
        var night = Options();
        night.Train.Ease.Regularization = 77;
        var recorder = new Recorder();
        var second = await SmallNight.Run(night, recorder);

        Assert.IsNull(Manifest(second).Carried);
        Assert.IsTrue(
            Notes(recorder).Any(n => n.Contains("Train:Ease:Regularization changed since", StringComparison.Ordinal)), string.Join('\n', Notes(recorder)));
    }

    [TestMethod]
    public async Task A_choice_that_cannot_be_read_is_left_out_in_a_line()
    {
        var first = await SmallNight.Run(Options());
        File.WriteAllText(Path.Combine(Train(first), AutoChoice.FileName), "{");
        _grow();
        var recorder = new Recorder();
        var second = await SmallNight.Run(Options(), recorder);

        Assert.IsNull(Manifest(second).Carried);
        Assert.IsTrue(Notes(recorder).Any(n => n.Contains("left out: auto.json has", StringComparison.Ordinal)), string.Join('\n', Notes(recorder)));
    }

    [TestMethod]
    [DataRow("Algorithm", "gone", "Train:Algorithm is 'gone'; expected one of")]
    [DataRow("Ease:Sharpness", "3", "names no option")]
    public async Task A_choice_of_another_version_is_left_out_in_a_line(string key, string value, string why)
    {
        var first = await SmallNight.Run(Options());
        string path = Path.Combine(Train(first), AutoChoice.FileName);
        var report = AutoChoice.Load(path);
        AutoChoice.Save(report with { Settings = new SortedDictionary<string, string>(report.Settings.ToDictionary()) { [key] = value } }, path);
        var manifest = Manifest(first);
        (manifest with { Outputs = StageHash.Outputs(Train(first)) }).Save(Train(first));
        _grow();
        var recorder = new Recorder();
        var second = await SmallNight.Run(Options(), recorder);

        Assert.IsNull(Manifest(second).Carried);
        Assert.IsTrue(Notes(recorder).Any(n => n.Contains(why, StringComparison.Ordinal)), string.Join('\n', Notes(recorder)));
    }

    private static IEnumerable<string> Notes(Recorder recorder) => recorder.Events.OfType<StageNote>().Select(n => n.Message);

    private static string Train(RunReport report) => report.Stages.Single(s => s.Stage == StageNames.Train).Folder;

    private static StageManifest Manifest(RunReport report) => StageManifest.Load(Train(report))!;

    private static AutoReport Race(RunReport report) => AutoChoice.Load(Path.Combine(Train(report), AutoChoice.FileName));

    private PipelineOptions Options()
    {
        var night = SmallNight.Options(_folder.File("log"), _folder.File("out"));
        night.Train.Algorithm = AutoOptions.Name;
        night.Train.Auto.Algorithms = ["popularity", "item-knn", "ease"];
        night.Train.Auto.Varied = 0;
        night.Embed.Model = "none";
        return night;
    }
}
