using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.UserVectors;

/// <summary>Section <c>Places:UserVectors</c>: what <c>user_vectors</c> and <c>user_interests</c> hold.</summary>
internal sealed class UserVectorOptions : IStageOptions
{
    /// <summary>Whether interest vectors of customers are published. A vector tells what somebody reads, wears and eats: off unless it is asked for.</summary>
    public bool Enabled { get; set; }

    /// <summary>Nearest items a customer that <c>user_interests</c> lists, 1 to 1,000.</summary>
    public int Count { get; set; } = 20;

    public void Validate(OptionsCheck check) => check.InRange(Count, 1, 1_000);
}
