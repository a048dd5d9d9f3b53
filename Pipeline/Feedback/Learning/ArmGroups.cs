using Recsys.Batch.Pipeline.Feedback.Estimates;

namespace Recsys.Batch.Pipeline.Feedback.Learning;

/// <summary>
/// Arms of a context as far as clicks tell them apart. Of neighbors in value those that chance explains best are made one, until each group differs from the
/// next by more than chance: equal arms beside a better one stay together, and no step pushes them apart. The difference of two groups has the interval of
/// Zou and Donner (2008), which goes by the nearer ends of both rather than by errors that rare clicks make too small.
/// </summary>
internal static class ArmGroups
{
    /// <param name="evidence">By arm.</param>
    /// <param name="z">Quantile of the level at which two groups differ.</param>
    /// <returns>Group of each arm, 0 for the one that is worth least.</returns>
    public static int[] Of(IReadOnlyList<ArmEvidence> evidence, double z)
    {
        var groups = Enumerable.Range(0, evidence.Count).Select(a => (Arms: new List<int> { a }, Together: evidence[a]))
            .OrderBy(g => g.Together.Value).ThenBy(g => g.Arms[0]).ToList();
        while (groups.Count > 1)
        {
            var (at, distance) = Enumerable.Range(0, groups.Count - 1)
                .Select(g => (g, Distance(groups[g].Together.Interval(z), groups[g + 1].Together.Interval(z)))).MinBy(d => d.Item2);
            if (distance > 1) break;
            groups[at] = ([.. groups[at].Arms, .. groups[at + 1].Arms], groups[at].Together.With(groups[at + 1].Together));
            groups.RemoveAt(at + 1);
        }
        var of = new int[evidence.Count];
        for (int g = 0; g < groups.Count; g++)
            foreach (int arm in groups[g].Arms) of[arm] = g;
        return of;
    }

    /// <summary>Divisions of so many arms in two: so many ways chance has to make groups of equal arms.</summary>
    public static int Divisions(int arms) => (1 << (arms - 1)) - 1;

    /// <summary>The difference in units of what chance explains.</summary>
    private static double Distance(EstimatedValue low, EstimatedValue high)
    {
        double difference = high.Value - low.Value, below = high.Value - high.Low, above = low.High - low.Value;
        return difference > 0 ? difference / Math.Sqrt(below * below + above * above) : 0;
    }
}
