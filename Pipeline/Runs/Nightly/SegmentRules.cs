using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>The shop's rules for users without history, who are known by segment alone.</summary>
/// <param name="rules">Whose user is a segment's position.</param>
internal sealed class SegmentRules(RuleSet rules)
{
    private const int Spare = 8;

    public IListConstraints Constraints => rules;

    public ItemSet? RuledOut(int segment) => rules.RuledOut(segment);

    /// <summary>Items that rules ask for beside the most popular ones, the most popular of them.</summary>
    public IEnumerable<int> Asked(int segment, double[] weights, bool[] available)
    {
        var profile = rules.Of(segment);
        foreach (var placement in profile.Placements)
        {
            int wanted = placement.Rule.Kind == RuleKind.Pin ? 64 : Spare + 2 * Math.Max(placement.Rule.Least, placement.Rule.Positions.Count);
            foreach (int item in Enumerable.Range(0, weights.Length)
                .Where(i => placement.Items.Contains(i) && available[i] && profile.RuledOut?.Contains(i) != true)
                .OrderByDescending(i => weights[i]).ThenBy(i => i).Take(wanted))
                yield return item;
        }
    }
}
