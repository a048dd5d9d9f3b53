using System.Text.Json;
using System.Text.Json.Serialization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Feedback.Clicks;
using Recsys.Batch.Pipeline.Feedback.Estimates;
using Recsys.Batch.Pipeline.Feedback.Learning;

namespace Recsys.Batch.Pipeline.Feedback;

/// <param name="Lambda">The arm.</param>
/// <param name="Estimate">What this arm for everybody would bring.</param>
/// <param name="Naive">What its lists brought on average, as they are; beside the estimate it shows what the draw's probabilities hide.</param>
/// <param name="Lists">Lists of that arm that were seen.</param>
internal sealed record ArmReport(double Lambda, PolicyEstimate Estimate, double Naive, int Lists);

/// <summary>What testing night after night has cost of <see cref="FeedbackOptions.FalseMoves"/>.</summary>
/// <param name="Number">Looks at the policy in force.</param>
/// <param name="Lists">Lists of it that were seen.</param>
/// <param name="Spent">The looks' levels together.</param>
/// <param name="NextAt">Lists of it at which the next look is due.</param>
internal sealed record LookReport(int Number, long Lists, double Spent, long NextAt);

/// <summary>What job <c>feedback</c> found, kept as <c>feedback.json</c>.</summary>
/// <param name="Rows">Rows of the logs: <paramref name="Joined"/> and those of <paramref name="Rejected"/> by reason add up to it.</param>
/// <param name="ListsByVersion">Lists seen of each version.</param>
/// <param name="Lists">Lists seen.</param>
/// <param name="Users">Users who saw them.</param>
/// <param name="Reward">What a list is worth, in words.</param>
/// <param name="InForce">Id of the current version's policy; null where its lists are not drawn.</param>
/// <param name="Published">What the lists brought as they were drawn, whatever the policies.</param>
/// <param name="Current">What the policy in force is worth over all users; null where there is none.</param>
/// <param name="Candidate">What the next policy is worth; null where it is the one in force.</param>
/// <param name="DrawP">P-value of the check that lists were seen as they were drawn.</param>
/// <param name="Steps">By context.</param>
/// <param name="Looks">Null where no lists are drawn.</param>
/// <param name="Next">Id of the next night's policy.</param>
/// <param name="Decision">What happens next, in a sentence.</param>
internal sealed record FeedbackReport(
    long Rows, long Joined, SortedDictionary<string, long> Rejected, IReadOnlyDictionary<string, int> ListsByVersion, int Lists, int Users, string Reward,
    string? InForce,
    IReadOnlyList<ArmReport> Arms, PolicyEstimate? Published, PolicyEstimate? Current, PolicyEstimate? Candidate, double DrawP,
    IReadOnlyList<ContextStep> Steps, LookReport? Looks, string? Next, string Decision)
{
    public const string FileName = "feedback.json";

    /// <summary>Rows that belong to no published list, with file, row and reason.</summary>
    public const string RejectedFile = "rejected.parquet";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        NewLine = "\n",
    };

    /// <summary>What impressions say item by item; null where nothing was shown.</summary>
    public ClickReport? Clicks { get; init; }

    public bool Moves => Steps.Any(s => s.Moves);

    public void Save(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, Json) + "\n");

    /// <exception cref="ArtifactException">The file is missing or no report.</exception>
    public static FeedbackReport Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<FeedbackReport>(File.ReadAllText(path), Json) ?? throw new JsonException("it is empty");
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ArtifactException(path, $"no feedback can be read from it ({e.Message}); run feedback again", e);
        }
    }
}
