using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs;

/// <summary>One stage at work in one run: where its inputs lie, where its outputs go, and what it says on the way.</summary>
internal sealed class StageWork
{
    private readonly IReadOnlyDictionary<string, StageInputFolder> _inputs;
    private readonly List<ConstraintResult> _checks = [];

    private readonly StageManifest _manifest;

    internal StageWork(
        string runId, StageManifest manifest, string folder, string? lastFinished, IReadOnlyDictionary<string, StageInputFolder> inputs, StageContext context)
    {
        RunId = runId;
        _manifest = manifest;
        Folder = folder;
        LastFinished = lastFinished;
        _inputs = inputs;
        Context = context;
    }

    public string RunId { get; }

    /// <summary>The identity of this work: options, inputs, sources, seed and code version.</summary>
    public string Hash => _manifest.Hash;

    /// <summary>What the stage goes on from; see <see cref="ICarryingStage"/>.</summary>
    public IReadOnlyDictionary<string, string> Carried => _manifest.Carried ?? [];

    /// <summary>Where outputs go. After a crash it still holds what the same work had left, so that it can go on from there.</summary>
    public string Folder { get; }

    /// <summary>The folder of the newest earlier run that finished this stage, whatever its inputs; null on the first night.</summary>
    public string? LastFinished { get; }

    public StageContext Context { get; }

    /// <summary>Words worth keeping in the manifest.</summary>
    public SortedDictionary<string, string> Facts { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<ConstraintResult> Checks => _checks;

    /// <summary>Path of a new output file.</summary>
    public string Output(string file) => Path.Combine(Folder, file);

    /// <summary>Path of a file that <paramref name="stage"/> gave; it must be among the stage's declared inputs.</summary>
    public string Input(string stage, string file)
    {
        var input = InputFolder(stage);
        return input.Files.Contains(file)
            ? Path.Combine(input.Folder, file)
            : throw new ArgumentException($"{stage}/{file} is not among the declared inputs ({string.Join(", ", input.Files)})", nameof(file));
    }

    /// <summary>Whether <paramref name="stage"/> is among the declared inputs.</summary>
    public bool TakesFrom(string stage) => _inputs.ContainsKey(stage);

    /// <summary>Paths of all declared input files of <paramref name="stage"/> whose name starts with <paramref name="prefix"/>, in ordinal order.</summary>
    public IReadOnlyList<string> InputFiles(string stage, string prefix = "")
    {
        var input = InputFolder(stage);
        return [.. input.Files.Where(f => f.StartsWith(prefix, StringComparison.Ordinal)).Select(f => Path.Combine(input.Folder, f))];
    }

    /// <summary>
    /// SHA-256 of the input files whose <c>stage/file</c> starts with one of <paramref name="prefixes"/>: content alone, apart from options and code.
    /// </summary>
    public string InputsHash(params IReadOnlyList<string> prefixes) => StageHash.Of(string.Join('\n', _manifest.Inputs
        .Where(i => prefixes.Any(p => i.Key.StartsWith(p, StringComparison.Ordinal))).Select(i => $"{i.Key} {i.Value}")));

    /// <summary><c>stage/file</c> and SHA-256 of the input files whose <c>stage/file</c> starts with <paramref name="prefix"/>.</summary>
    public IEnumerable<KeyValuePair<string, string>> Taken(string prefix) =>
        _manifest.Inputs.Where(i => i.Key.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Records the results of a gate; the run is refused when any of them failed, after the stage has ended.</summary>
    public void Check(IEnumerable<ConstraintResult> results) => _checks.AddRange(Accepts is { } accepts ? results.Select(accepts.Apply) : results);

    /// <summary>What is accepted in this run; null for nothing.</summary>
    internal GateAcceptance? Accepts { get; init; }

    internal IReadOnlyDictionary<string, StageInputFolder> InputFolders => _inputs;

    internal StageManifest Manifest => _manifest;

    private StageInputFolder InputFolder(string stage) =>
        _inputs.TryGetValue(stage, out var input) ? input : throw new ArgumentException($"'{stage}' is not among the declared inputs", nameof(stage));
}

/// <summary>Files of one upstream stage that a stage declared, and the folder they lie in (this run's or the one it reuses).</summary>
internal sealed record StageInputFolder(string Folder, SortedSet<string> Files);
