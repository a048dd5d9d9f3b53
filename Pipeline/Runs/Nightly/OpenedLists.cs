using Recsys.Batch.Pipeline.Constrain;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>What lists are made from, loaded.</summary>
/// <param name="Defaults">The lists of users without history.</param>
internal sealed record OpenedLists(BlockMaker Blocks, Func<DefaultLists> Defaults)
{
    /// <summary>The shop's rules over tonight's items and users; null: there are none.</summary>
    public RuleSet? Rules { get; init; }

    /// <summary>The time of the year; null: it changes nothing.</summary>
    public ItemSeason? Season { get; init; }

    /// <summary>What now is for rules with dates; null in a log without time.</summary>
    public DateTime? Moment { get; init; }

    /// <summary>Allocation across users; null: no rule asks for it.</summary>
    public AllocatedLists? Allocated { get; init; }

    /// <summary>Measures what rules cost; null: nothing is measured.</summary>
    public RuleCosts? Costs { get; init; }
}
