using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Runs.Forget;

/// <summary>What went out of the kept state.</summary>
/// <param name="Known">Keyed hashes of the users that it had.</param>
internal sealed record ForgottenCounts(int Users, int Events, IReadOnlyList<string> Known)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public void Write(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, Json) + "\n");

    public static ForgottenCounts Read(string path) =>
        JsonSerializer.Deserialize<ForgottenCounts>(File.ReadAllText(path), Json) ?? throw new ArtifactException(path, "it is empty; ask again with forget");
}
