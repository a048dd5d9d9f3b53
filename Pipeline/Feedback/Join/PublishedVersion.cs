using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Feedback.Join;

/// <summary>A version that lists were shown of.</summary>
/// <param name="Policy">The policy by which users drew their lists; null where lists were not drawn.</param>
/// <param name="ListFiles">Parquet of <c>user_recommendations</c>: user_id, item_id, rank.</param>
/// <param name="ArmFiles">Parquet of <c>list_arms</c>: user_id, context, arm.</param>
internal sealed record PublishedVersion(string Version, DiversityPolicy? Policy, IReadOnlyList<string> ListFiles, IReadOnlyList<string> ArmFiles)
{
    /// <summary>When its lists were made: nobody saw them before. Null where that is not known.</summary>
    public DateTimeOffset? Created { get; init; }
}
