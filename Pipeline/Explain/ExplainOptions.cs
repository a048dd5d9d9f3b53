using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Explain;

/// <summary>Section <c>Explain</c>: the reasons that stand beside the entries of a list.</summary>
internal sealed class ExplainOptions : IStageOptions
{
    /// <summary>History items named for an entry at most, 1 to 3.</summary>
    public int ReasonItems { get; set; } = RecommendationBlock.MaxReasonItems;

    /// <summary>
    /// A history item, or a feature of the ranker, is named only where it carries at least this share of what the strongest one carries, 0 to 1.
    /// </summary>
    public double MinShare { get; set; } = 0.1;

    /// <summary>Least cosine of two texts for <c>similar to ... that you bought</c>, above 0 to 1.</summary>
    public double MinTextSimilarity { get; set; } = 0.3;

    public void Validate(OptionsCheck check) => check
        .Require(MinTextSimilarity is > 0 and <= 1, MinTextSimilarity, "a number above 0, to 1")
        .InRange(ReasonItems, 1, RecommendationBlock.MaxReasonItems)
        .InRange(MinShare, 0, 1);
}
