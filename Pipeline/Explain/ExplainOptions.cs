using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Explain;

/// <summary>Configuration section <c>Explain</c>.</summary>
public sealed class ExplainOptions : IStageOptions
{
    /// <summary>History items named for an entry at most, 1 to 3.</summary>
    public int ReasonItems { get; set; } = RecommendationBlock.MaxReasonItems;

    /// <summary>A history item is named only where it carries at least this share of what the strongest one carries, 0 to 1.</summary>
    public double MinimumShare { get; set; } = 0.1;

    public void Validate(OptionsCheck check) => check
        .InRange(ReasonItems, 1, RecommendationBlock.MaxReasonItems)
        .InRange(MinimumShare, 0, 1);
}
