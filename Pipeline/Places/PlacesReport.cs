using System.Text.Json;
using System.Text.Json.Serialization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Places;

/// <param name="Rows">Rows of its table; 0 where there is none.</param>
/// <param name="Lacks">Why there is none, in words; null where there is one.</param>
/// <param name="Note">What else is worth saying of it.</param>
internal sealed record PlaceReport(string Place, long Rows, string? Lacks, string? Note);

/// <summary><c>places.json</c>: which places a night made, and what the others lack. It names nobody.</summary>
internal sealed record PlacesReport(IReadOnlyList<PlaceReport> Places)
{
    public const string FileName = "places.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NewLine = "\n",
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public void Write(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, Json) + "\n");

    public static PlacesReport Read(string path) =>
        JsonSerializer.Deserialize<PlacesReport>(File.ReadAllText(path), Json) ?? throw new ArtifactException(path, "it is empty; run again");
}
