using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Feedback.Learning;

/// <summary>A test of whether a policy moves.</summary>
/// <param name="Lists">Lists of the policy that had been seen.</param>
/// <param name="Level">Chance that it gave a policy whose arms do not differ to move.</param>
/// <param name="Shares">The next policy's by context, where it moves; null where it stays.</param>
internal sealed record EvidenceLook(long Lists, double Level, IReadOnlyList<IReadOnlyList<int>>? Shares);

/// <param name="Seen">By version, the most lists that were seen of it: those of versions that are deleted count on.</param>
internal sealed record PolicyEvidence(SortedDictionary<string, long> Seen, IReadOnlyList<EvidenceLook> Looks)
{
    public long Lists => Seen.Values.Sum();

    public double Spent => Looks.Sum(l => l.Level);
}

/// <summary>
/// What was looked at, by the id of the policy that drew the lists: <c>evidence.json</c>, which a run of job <c>feedback</c> takes over from the one before.
/// </summary>
internal sealed record EvidenceHistory
{
    public const string FileName = "evidence.json";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, NewLine = "\n" };

    public int Format { get; init; } = 1;

    public required SortedDictionary<string, PolicyEvidence> Policies { get; init; }

    public static EvidenceHistory Empty => new() { Policies = new(StringComparer.Ordinal) };

    public EvidenceHistory With(string policy, PolicyEvidence evidence) =>
        this with { Policies = new(Policies, StringComparer.Ordinal) { [policy] = evidence } };

    public void Save(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, Json) + "\n");

    /// <summary>What an earlier run left; nothing where it left none.</summary>
    /// <exception cref="ArtifactException">The file cannot be read.</exception>
    public static EvidenceHistory Read(string? path)
    {
        if (path is null || !File.Exists(path)) return Empty;
        try
        {
            return JsonSerializer.Deserialize<EvidenceHistory>(File.ReadAllText(path), Json) is { Format: 1, Policies: not null } read
                ? read
                : throw new JsonException("its format is not 1");
        }
        catch (JsonException e)
        {
            throw new ArtifactException(
                path,
                $"what feedback looked at before cannot be read ({e.Message}); put the file back, or delete it and let the policy in force be judged anew",
                e);
        }
    }
}
