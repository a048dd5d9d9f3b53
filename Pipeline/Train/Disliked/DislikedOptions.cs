using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Disliked;

/// <summary>
/// Section <c>Train:Disliked</c>: what users sent back, rated badly or hid, held against what resembles it: from a user's scores the same model's scores for
/// a history of those items alone are taken away. For linear models and factors that is a history with negative entries.
/// </summary>
internal sealed class DislikedOptions : IStageOptions
{
    /// <summary>
    /// How much a disliked item counts beside one that the user has, 0 (not at all) to 4. <c>auto</c> chooses it where it gains surely on the window before the
    /// hold-out.
    /// </summary>
    public double Weight { get; set; }

    internal bool IsOn => Weight > 0;

    public void Validate(OptionsCheck check) => check.InRange(Weight, 0, 4);
}
