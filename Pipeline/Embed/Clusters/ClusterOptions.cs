using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed.Clusters;

/// <summary>Section <c>Embed:Clusters</c>: groups of items by meaning, as categories where a catalog has none.</summary>
internal sealed class ClusterOptions : IStageOptions
{
    /// <summary>Clusters, 2 to 10,000; 0 is the square root of half the items (2 to 256), and -1 makes none.</summary>
    public int Count { get; set; }

    /// <summary>Rounds of assignment at most, 1 to 1,000; it ends earlier where no item moves.</summary>
    public int Iterations { get; set; } = 50;

    /// <summary>Words in a cluster's name, 1 to 10.</summary>
    public int NameWords { get; set; } = 3;

    /// <summary>Share of the items with text that must lack a category before clusters become categories, 0 to 1.</summary>
    public double MissingShare { get; set; } = 0.5;

    internal bool IsOff => Count < 0;

    internal int CountFor(int items) => Math.Min(items, Count > 0 ? Count : Math.Clamp((int)Math.Round(Math.Sqrt(items / 2.0)), 2, 256));

    public void Validate(OptionsCheck check) => check
        .Require(Count is -1 or 0 or (>= 2 and <= 10_000), Count, "-1 (none), 0 (by the number of items) or a number from 2 to 10000")
        .InRange(Iterations, 1, 1_000)
        .InRange(NameWords, 1, 10)
        .InRange(MissingShare, 0, 1);
}
