using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Runs;

/// <summary>A run in its own folder (<c>run.json</c>): enough to go on with it after a crash, with no ledger at hand.</summary>
/// <param name="PlanHash">Identity of job, options and sources; a run is taken up again only by an equal one.</param>
internal sealed record RunRecord(
    string RunId, string Job, string PlanHash, RunState State, int Attempts, DateTimeOffset Started, DateTimeOffset? Ended = null, string? Version = null,
    string? Message = null)
{
    public const string FileName = "run.json";

    private static readonly JsonSerializerOptions Json = new(CanonicalJson.Options) { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Whether it can be taken up again: it ended before its last stage, for another reason than a gate.</summary>
    public bool IsOpen => State is RunState.Running or RunState.Failed or RunState.Cancelled;

    public void Save(string runFolder) => AtomicFile.WriteText(Path.Combine(runFolder, FileName), JsonSerializer.Serialize(this, Json) + "\n");

    /// <summary>The record of that folder; null where it has none (a run that died at birth).</summary>
    public static RunRecord? Load(string runFolder)
    {
        string path = Path.Combine(runFolder, FileName);
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize<RunRecord>(File.ReadAllText(path), Json);
        }
        catch (JsonException e)
        {
            throw new ArtifactException(path, $"the run's record is corrupt ({e.Message}); delete the folder and run again", e);
        }
    }
}
