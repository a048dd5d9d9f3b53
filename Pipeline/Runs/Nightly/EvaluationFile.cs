using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Evaluate;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>What evaluate found, as <c>evaluation.json</c> in its stage's folder.</summary>
internal static class EvaluationFile
{
    public const string Name = "evaluation.json";

    private static readonly JsonSerializerOptions Json = new(CanonicalJson.Options) { WriteIndented = true };

    public static void Write(string path, EvaluationReport report) => AtomicFile.WriteText(path, JsonSerializer.Serialize(report, Json) + "\n");

    /// <exception cref="ArtifactException">The file is missing or no report.</exception>
    public static EvaluationReport Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<EvaluationReport>(File.ReadAllText(path), Json)!;
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException)
        {
            throw new ArtifactException(path, $"no evaluation can be read from it ({e.Message}); run again from evaluate", e);
        }
    }
}
