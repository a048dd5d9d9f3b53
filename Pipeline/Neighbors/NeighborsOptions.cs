using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Neighbors;

/// <summary>Section <c>Neighbors</c>: what <c>item_neighbors</c> holds.</summary>
internal sealed class NeighborsOptions : IStageOptions
{
    /// <summary>Neighbors an item and source, 1 to 1,000; 0 makes none.</summary>
    public int Count { get; set; } = 20;

    /// <summary>Share of the squared length that text has in source <c>blend</c>, 0 (what was bought together alone) to 1 (text alone).</summary>
    public double TextWeight { get; set; } = 0.5;

    /// <summary>Least cosine of a neighbor, above 0 to 1.</summary>
    public double MinScore { get; set; } = 0.05;

    /// <summary>Whether items of the same title and brand as the item, or as a nearer neighbor of it, are left out.</summary>
    public bool DistinctText { get; set; } = true;

    public void Validate(OptionsCheck check) => check
        .InRange(Count, 0, 1_000)
        .InRange(TextWeight, 0, 1)
        .Require(MinScore is > 0 and <= 1, MinScore, "a number above 0, to 1");
}
