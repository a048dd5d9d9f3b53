using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Publish;

/// <param name="File">Relative to the version's folder, <c>/</c> between levels.</param>
internal sealed record VersionFile(string File, long Rows, long Bytes, string Sha256);

internal sealed record VersionTable(long Rows, IReadOnlyList<VersionFile> Files);

/// <summary>
/// <c>manifest.json</c> of a version: what a reader needs to know that it has all of it. It holds no clock, no path and no run, so two equal nights
/// have equal manifests.
/// </summary>
internal sealed record VersionManifest(int Format, string WindowFrom, string WindowTo, SortedDictionary<string, VersionTable> Tables)
{
    public const string FileName = "manifest.json";

    /// <summary>The diversity policy by which users drew how their lists are made; null where lists are not drawn.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VersionFile? Policy { get; init; }

    /// <summary>Users whose lists were taken out since the version was published, as they asked to be gone; 0 is left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Forgotten { get; init; }

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, NewLine = "\n" };

    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";

    public string Sha256() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToJson())));

    public void Save(string versionFolder) => AtomicFile.WriteText(Path.Combine(versionFolder, FileName), ToJson());

    public static VersionManifest Load(string versionFolder)
    {
        string path = Path.Combine(versionFolder, FileName);
        if (!File.Exists(path)) throw new ArtifactException(path, "the version has no manifest; publish again or roll back to another version");
        try
        {
            return JsonSerializer.Deserialize<VersionManifest>(File.ReadAllText(path), Json)
                ?? throw new ArtifactException(path, "the manifest is empty; publish again or roll back to another version");
        }
        catch (JsonException e)
        {
            throw new ArtifactException(path, $"the manifest is corrupt ({e.Message}); publish again or roll back to another version", e);
        }
    }

    /// <summary>What is missing or changed in <paramref name="versionFolder"/>, in words; empty where every file has its SHA-256.</summary>
    public IReadOnlyList<string> Damage(string versionFolder)
    {
        var found = new List<string>();
        foreach (var file in Tables.Values.SelectMany(t => t.Files).Concat(Policy is { } policy ? [policy] : []))
        {
            string path = Path.Combine(versionFolder, file.File);
            if (!File.Exists(path)) found.Add($"{file.File} is missing");
            else if (FileFingerprint.Of(path) != file.Sha256) found.Add($"{file.File} does not have its SHA-256");
        }
        return found;
    }
}
