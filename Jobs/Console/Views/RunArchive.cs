using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Console.Views;

/// <summary>One run with all that the ledger says of it.</summary>
internal sealed record RunFacts(
    LedgerRun Run, IReadOnlyList<LedgerStage> Stages, IReadOnlyDictionary<(string Stage, string Name), double> Metrics, IReadOnlyList<ConstraintResult> Checks)
{
    public string Id => Run.RunId;

    public bool IsRunning => Run.State == RunState.Running;

    public double? Metric(string stage, string name) => Metrics.TryGetValue((stage, name), out double value) && double.IsFinite(value) ? value : null;

    /// <summary>The 95% interval of a figure of the lists; null where it was not kept.</summary>
    public (double Low, double High)? Interval(string name) =>
        Published($"{name}.low") is { } low && Published($"{name}.high") is { } high ? (low, high) : null;

    /// <summary>
    /// Metric <paramref name="name"/> of evaluate for the lists as they are published, or where those were not measured for the model itself.
    /// </summary>
    public double? Published(string name) =>
        Metric(StageNames.Evaluate, $"diversified.{name}")
        ?? Metrics.Where(m => m.Key.Stage == StageNames.Evaluate && m.Key.Name.EndsWith($".{name}", StringComparison.Ordinal))
        .Select(m => (double?)m.Value)
        .FirstOrDefault();
}

/// <summary>
/// Reads runs out of the ledger and of their folders. A run that has ended does not change any more, so what was read of it is kept.
/// </summary>
internal sealed class RunArchive(IRunLedger ledger, PipelineOptions night)
{
    private const int Kept = 400, Searched = 200;
    private const int ReadableLength = 60;

    private readonly ConcurrentDictionary<(string Id, RunState State, int Attempts), RunFacts> _ended = new();
    private readonly RunFolders _folders = new(night.Publish.Path);

    /// <summary>The newest runs, newest first.</summary>
    public IReadOnlyList<RunFacts> Recent(int limit) => [.. ledger.Runs(limit).Select(Read)];

    /// <summary>The newest runs that pass a filter, newest first.</summary>
    public IReadOnlyList<RunFacts> Matching(RunFilter filter) => [.. ledger.Runs(filter).Select(Read)];

    /// <summary>The newest finished run of a job that is one stage, whose file is still there, with the file's path; null where there is none.</summary>
    public (RunFacts Run, string Path)? Newest(string job, string file)
    {
        foreach (var run in Recent(Searched).Where(r => r.Run.Job == job && r.Run.State == RunState.Finished))
            if (Folder(run, job) is { } folder && Path.Combine(folder, file) is var path && File.Exists(path)) return (run, path);
        return null;
    }

    public RunFacts? Find(string runId) => ledger.Run(runId) is { } run ? Read(run) : null;

    /// <summary>The newest run of the same job that ended before this one; where only finished ones count, such a one.</summary>
    public RunFacts? Before(RunFacts run, bool finished = true) =>
        ledger.Runs(Kept).SkipWhile(r => r.RunId != run.Id).Skip(1).FirstOrDefault(
            r => r.Job == run.Run.Job && (!finished || r.State == RunState.Finished)) is { } before ? Read(before) : null;

    /// <summary>
    /// The folder that holds what <paramref name="stage"/> gave in this run, be it its own or one it reuses; null where it is gone or was never made.
    /// </summary>
    public string? Folder(RunFacts run, string stage)
    {
        if (run.Stages.FirstOrDefault(s => s.Stage == stage) is not { State: StageState.Finished or StageState.Reused or StageState.Refused } row) return null;
        string folder = _folders.Of(row.FromRun ?? run.Id, stage);
        return Directory.Exists(folder) ? folder : null;
    }

    /// <summary>Every option that decided this run's outputs, <c>Section:Key</c> to its value as JSON; empty where the run's folder is gone.</summary>
    public SortedDictionary<string, string> Options(RunFacts run)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var stage in run.Stages)
            if (StageManifest.Load(_folders.Of(run.Id, stage.Stage)) is { Options: { } options }) Flatten("", options, found);
        return found;
    }

    /// <summary>What the shop's rules did in this run; null where there are none, or its folder is gone.</summary>
    public RulesReport? Rules(RunFacts run) =>
        Folder(run, StageNames.Materialize) is { } folder && Path.Combine(folder, RulesReport.FileName) is var path && File.Exists(path)
            ? RulesReport.Read(path)
            : null;

    /// <summary>What lists give to groups of items and of users; none where the run measured nothing or its folder is gone.</summary>
    public IReadOnlyList<GroupFigure> Groups(RunFacts run) =>
        Folder(run, StageNames.Evaluate) is { } folder && Path.Combine(folder, EvaluationFile.Name) is var path && File.Exists(path)
            ? EvaluationFile.Read(path).Groups
            : [];

    private RunFacts Read(LedgerRun run)
    {
        var key = (run.RunId, run.State, run.Attempts);
        if (_ended.TryGetValue(key, out var known)) return known;
        var metrics = new Dictionary<(string, string), double>();
        foreach (var m in ledger.Metrics(run.RunId)) metrics[(m.Stage, m.Name)] = m.Value;
        var facts = new RunFacts(run, ledger.Stages(run.RunId), metrics, [.. ledger.Checks(run.RunId).Select(c => c.Result)]);
        if (run.State == RunState.Running) return facts;
        if (_ended.Count >= Kept) _ended.Clear();
        return _ended[key] = facts;
    }

    internal static void Flatten(string path, JsonNode? node, SortedDictionary<string, string> into)
    {
        if (node is JsonObject { Count: > 0 } o)
        {
            foreach (var (key, value) in o) Flatten(path.Length == 0 ? key : $"{path}:{key}", value, into);
            return;
        }
        string text = node?.ToJsonString() ?? "null";
        // A list is shown whole where that can be read, and entry by entry where it cannot.
        if (node is JsonArray { Count: > 0 } list && (text.Length > ReadableLength || list.Any(e => e is JsonObject or JsonArray)))
        {
            for (int i = 0; i < list.Count; i++) Flatten(string.Create(CultureInfo.InvariantCulture, $"{path}:{i}"), list[i], into);
            return;
        }
        into[path] = text;
    }
}
