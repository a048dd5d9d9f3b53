using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Tests.Runs;

/// <summary>Stages that go on from what an earlier night came to.</summary>
[TestClass]
internal sealed class CarriedTests : IDisposable
{
    private readonly TempFolder _out = new();
    private readonly TextStage _log = new("first");
    private readonly TextStage _end = new("third", "second");
    private readonly Carrying _choice;
    private readonly SqlRunLedger _ledger;

    public CarriedTests()
    {
        _choice = new Carrying(new TextStage("second", "first"), _out.Path);
        _ledger = new SqlRunLedger(new SqliteDatabase(_out.File("recsys.db")));
    }

    public void Dispose() => _out.Dispose();

    [TestMethod]
    public async Task A_first_run_has_the_hash_of_a_stage_that_carries_nothing()
    {
        var carrying = await Run();
        using var other = new TempFolder();
        var plain = await new RunEngine(
            other.Path, new StageGraph([_log, _choice.Inner, _end]), new RunsOptions(), new SqlRunLedger(new SqliteDatabase(other.File("recsys.db"))),
            new FixedTime(), new Recorder()).RunAsync(new RunRequest());
        Assert.AreEqual(Manifest(plain).Hash, Manifest(carrying).Hash);
        Assert.IsNull(Manifest(carrying).Carried);
    }

    [TestMethod]
    public async Task An_equal_run_stands_in_whatever_it_came_to()
    {
        await Run();
        var recorder = new Recorder();
        await Run(recorder);
        Assert.AreEqual("", string.Join(", ", recorder.Ran));
    }

    [TestMethod]
    public async Task A_changed_log_goes_on_from_the_last_run_and_then_stands_in()
    {
        var first = await Run();
        _log.Option = "b";
        var second = await Run();
        Assert.AreEqual(first.RunId, Manifest(second).Carried!["from"]);
        Assert.AreNotEqual(Manifest(first).Hash, Manifest(second).Hash);

        var recorder = new Recorder();
        await Run(recorder);
        Assert.AreEqual("", string.Join(", ", recorder.Ran));

        // Back to the first log: its own work, made when there was nothing to go on from.
        _log.Option = "a";
        await Run(recorder);
        Assert.AreEqual("", string.Join(", ", recorder.Ran));
    }

    [TestMethod]
    public async Task A_forced_run_goes_on_from_where_its_equal_did()
    {
        var first = await Run();
        _log.Option = "b";
        await Run();
        var forced = await Run(request: new RunRequest(From: "second"));
        Assert.AreEqual(first.RunId, Manifest(forced).Carried!["from"]);
    }

    [TestMethod]
    public async Task A_run_that_failed_behind_it_resumes_with_what_it_carried()
    {
        var first = await Run();
        _log.Option = "b";
        _end.Before = _ => throw new InvalidOperationException("killed");
        await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => Run());
        _end.Before = null;
        var recorder = new Recorder();
        var resumed = await Run(recorder);
        Assert.AreEqual("third", string.Join(", ", recorder.Ran));
        Assert.AreEqual(first.RunId, Manifest(resumed).Carried!["from"]);
    }

    private Task<RunReport> Run(Recorder? recorder = null, RunRequest? request = null) => new RunEngine(
        _out.Path, new StageGraph([_log, _choice, _end]), new RunsOptions(), _ledger, new FixedTime(), recorder ?? new Recorder())
        .RunAsync(request ?? new RunRequest());

    private static StageManifest Manifest(RunReport report) => StageManifest.Load(report.Stages.Single(s => s.Stage == "second").Folder)!;

    /// <summary>Goes on from the newest run that finished it.</summary>
    private sealed class Carrying(TextStage inner, string output) : ICarryingStage
    {
        public TextStage Inner => inner;

        public string Name => inner.Name;

        public string CodeVersion => inner.CodeVersion;

        public IReadOnlyList<StageInput> Inputs => inner.Inputs;

        public JsonNode? Options => inner.Options;

        public IReadOnlyDictionary<string, string> Carried(string? runId) =>
            new RunFolders(output).FindFinished(Name, null, runId, out string? from) is null
                ? new Dictionary<string, string>()
                : new Dictionary<string, string> { ["from"] = from! };

        public Task RunAsync(StageWork work) => inner.RunAsync(work);
    }
}
