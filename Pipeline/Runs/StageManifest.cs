using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs;

internal enum StageState
{
    Running,
    Finished,

    /// <summary>Not run: an earlier run finished the same work; see <see cref="StageManifest.From"/>.</summary>
    Reused,

    /// <summary>Ran to its end, and one of its checks failed.</summary>
    Refused,

    Failed,
    Cancelled,
}

/// <param name="Path">Relative to the stage's folder, <c>/</c> between levels.</param>
internal sealed record StageFile(string Path, long Bytes, string Sha256);

/// <summary>
/// What one stage of one run took and gave, kept as <c>manifest.json</c> in the stage's folder. <see cref="Hash"/> covers everything that
/// decides the outputs, so an equal hash is equal work.
/// </summary>
internal sealed record StageManifest
{
    public const string FileName = "manifest.json";

    /// <summary>Fact of a stage whose outputs that spoke of users went with some of them: how many.</summary>
    public const string ForgottenFact = "forgotten";

    private static readonly JsonSerializerOptions Json = new(CanonicalJson.Options)
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public required string Stage { get; init; }

    public required StageState State { get; init; }

    public required string Hash { get; init; }

    /// <summary>Version of the stage's code; raised when the same inputs and options give other outputs.</summary>
    public required string CodeVersion { get; init; }

    public required ulong Seed { get; init; }

    public JsonNode? Options { get; init; }

    /// <summary>Identity of what lies outside of the run, such as log files: name and content hash.</summary>
    public SortedDictionary<string, string> Sources { get; init; } = new(StringComparer.Ordinal);

    /// <summary><c>stage/file</c> and its SHA-256, for every file taken from another stage.</summary>
    public SortedDictionary<string, string> Inputs { get; init; } = new(StringComparer.Ordinal);

    /// <summary>What it took over from an earlier night's outcome, by name and value; null where nothing was.</summary>
    public SortedDictionary<string, string>? Carried { get; init; }

    public IReadOnlyList<StageFile> Outputs { get; init; } = [];

    /// <summary>The run whose folder holds the outputs, where this one reuses them.</summary>
    public string? From { get; init; }

    public DateTimeOffset Started { get; init; }

    public double Seconds { get; init; }

    public SortedDictionary<string, double> Metrics { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Words worth keeping, such as the version that was published.</summary>
    public SortedDictionary<string, string> Facts { get; init; } = new(StringComparer.Ordinal);

    public IReadOnlyList<ConstraintResult> Checks { get; init; } = [];

    [JsonIgnore]
    public bool IsDone => State is StageState.Finished or StageState.Reused;

    public void Save(string stageFolder) => AtomicFile.WriteText(Path.Combine(stageFolder, FileName), JsonSerializer.Serialize(this, Json) + "\n");

    /// <summary>The manifest of that folder; null where there is none. Bytes that are no manifest are an <see cref="ArtifactException"/>.</summary>
    public static StageManifest? Load(string stageFolder)
    {
        string path = Path.Combine(stageFolder, FileName);
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize<StageManifest>(File.ReadAllText(path), Json)
                ?? throw new ArtifactException(path, "the manifest is empty; delete the folder and run again");
        }
        catch (JsonException e)
        {
            throw new ArtifactException(path, $"the manifest is corrupt ({e.Message}); delete the folder and run again", e);
        }
    }
}
