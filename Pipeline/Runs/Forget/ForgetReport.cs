using System.Text.Json;
using System.Text.Json.Serialization;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Runs.Forget;

/// <param name="Rows">Rows of <c>user_recommendations</c> that went.</param>
/// <param name="IsDeleted">The version was damaged, so that nobody could say whom it named, and went as a whole.</param>
internal sealed record ForgottenVersion(string Version, int Users, long Rows, bool IsDeleted);

/// <summary><c>forget.json</c>: what was removed, of whom by keyed hash, and what is left to the operator.</summary>
/// <param name="Asked">Keyed hashes of the users that were asked for.</param>
/// <param name="Known">Keyed hashes of those that were found.</param>
/// <param name="StateUsers">Users of the kept state that went, and <paramref name="StateEvents"/>, their events.</param>
/// <param name="Artifacts">Files of earlier runs that went, as they spoke of users: histories, factors, lists.</param>
/// <param name="ToDo">What is left to the operator, in sentences; said when all is done, and not kept.</param>
internal sealed record ForgetReport(
    IReadOnlyList<string> Asked, IReadOnlyList<string> Known, int StateUsers, int StateEvents, IReadOnlyList<ForgottenVersion> Versions, int Artifacts,
    IReadOnlyList<string>? ToDo = null)
{
    public const string FileName = "forget.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NewLine = "\n",
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public void Write(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, Json) + "\n");

    public static ForgetReport Read(string path) =>
        JsonSerializer.Deserialize<ForgetReport>(File.ReadAllText(path), Json)
        ?? throw new Errors.ArtifactException(path, "the report is empty; ask again with forget");
}
