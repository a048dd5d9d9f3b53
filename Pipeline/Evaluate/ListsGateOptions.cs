using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>
/// Section <c>ListsGate</c>: what lists must be like before they are published. A repeated, seen or unavailable item always stops the run; these bounds
/// are for the rest.
/// </summary>
internal sealed class ListsGateOptions : IStageOptions
{
    /// <summary>Share of lists that must have their full length, below which the run warns: 0 to 1.</summary>
    public double FullShareWarn { get; set; } = 0.99;

    /// <summary>Share of lists that must have their full length, below which the run stops: 0 to 1.</summary>
    public double FullShareFail { get; set; } = 0.5;

    /// <summary>Share of available items that must stand on some list, below which the run warns: 0 to 1.</summary>
    public double CoverageWarn { get; set; } = 0.02;

    /// <summary>Share of available items that must stand on some list, below which the run stops: 0 to 1.</summary>
    public double CoverageFail { get; set; }

    /// <summary>Mean intra-list distance below which the run warns: 0 to 2.</summary>
    public double IntraListDistanceWarn { get; set; } = 0.05;

    /// <summary>Mean share of a user's list that changed since the last version (1 - Jaccard) above which the run warns: 0 to 1.</summary>
    public double ChurnWarn { get; set; } = 0.9;

    /// <summary>Mean share of a user's list that changed since the last version above which the run stops: 0 to 1.</summary>
    public double ChurnFail { get; set; } = 1;

    public void Validate(OptionsCheck check) => check
        .InRange(FullShareWarn, 0, 1)
        .InRange(FullShareFail, 0, 1)
        .InRange(CoverageWarn, 0, 1)
        .InRange(CoverageFail, 0, 1)
        .InRange(IntraListDistanceWarn, 0, 2)
        .InRange(ChurnWarn, 0, 1)
        .InRange(ChurnFail, 0, 1);
}
