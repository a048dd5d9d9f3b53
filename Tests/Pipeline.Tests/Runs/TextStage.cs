using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Runs;

/// <summary>A stage whose output is a line of text: its name, its option and what its inputs say.</summary>
internal sealed class TextStage(string name, params string[] after) : IRunStage
{
    public string Name => name;

    public string CodeVersion { get; set; } = "1";

    public string Option { get; set; } = "a";

    public Dictionary<string, string> Files { get; } = [];

    public bool Resumable { get; set; }

    public List<ConstraintResult> Results { get; } = [];

    public Action<StageWork>? Before { get; set; }

    public string? Stale { get; set; }

    public int Times { get; private set; }

    public IReadOnlyList<StageInput> Inputs => [.. after.Select(a => new StageInput(a, "out.txt"))];

    public JsonNode? Options => new JsonObject { ["Text"] = new JsonObject { [nameof(Option)] = Option } };

    public IReadOnlyDictionary<string, string> Sources() => Files;

    public string? WhyStale(StageManifest finished) => Stale;

    public async Task RunAsync(StageWork work)
    {
        Times++;
        Before?.Invoke(work);
        work.Check(Results);
        work.Context.Progress.Metric("times", Times);
        string text = string.Join("+", after.Select(a => File.ReadAllText(work.Input(a, "out.txt"))));
        await File.WriteAllTextAsync(work.Output("out.txt"), $"{name}:{Option}({text})", work.Context.Cancellation);
    }
}

/// <summary>Keeps every event.</summary>
internal sealed class Recorder : IRunObserver
{
    public List<RunEvent> Events { get; } = [];

    public void On(RunEvent happened) => Events.Add(happened);

    public IReadOnlyList<string> Ran => [.. Events.OfType<StageStarted>().Select(e => e.Stage)];

    public IReadOnlyList<string> Skipped => [.. Events.OfType<StageSkipped>().Select(e => e.Stage)];
}
