using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// What each rule costs: the lists of some users with all rules, and with all but that one, laid on one scale: 1 for the model's best candidate that any rule
/// aside a user could have, 0 for the last of the M. What is given up is a sum over a list's entries.
/// </summary>
/// <param name="users">Evenly spaced.</param>
/// <param name="plain">The users' candidates as they are without rules.</param>
/// <param name="make">Candidates and lists of users under rules.</param>
internal sealed class RuleCosts(
    int[] users, RuleSet rules, Func<int[], CandidateBlock> plain, Func<RuleSet, Func<int[], (CandidateBlock Candidates, RecommendationBlock Lists)>> make)
{
    /// <summary>Two-sided 95% of the normal distribution.</summary>
    private const double Z = 1.959964;

    public IReadOnlyList<RuleCost> Run(DateTime? moment, CancellationToken cancellation)
    {
        if (users.Length == 0) return [];
        var scales = new (double Last, double Range)[users.Length];
        for (int first = 0; first < users.Length; first += CandidateBlock.MaxUsers)
        {
            var block = plain(Chunk(first));
            for (int u = 0; u < block.Users.Length; u++)
            {
                var scores = block.ScoresOf(u);
                scales[first + u] = scores.IsEmpty ? (0, 0) : (scores[^1], scores[0] - (double)scores[^1]);
            }
        }
        double[] with = Relevance(rules, scales);
        var costs = new List<RuleCost>();
        foreach (var rule in rules.Active.Where(r => !r.IsAcrossUsers))
        {
            cancellation.ThrowIfCancellationRequested();
            double[] without = Relevance(new RuleSet(rules.All, rules.Items, rules.Users, moment, rule.Number), scales);
            double[] lost = [.. without.Zip(with, (a, b) => a - b)];
            double mean = lost.Average();
            double half = lost.Length < 2 ? 0 : Z * Math.Sqrt(lost.Sum(l => (l - mean) * (l - mean)) / (lost.Length - 1) / lost.Length);
            double all = without.Average();
            costs.Add(new RuleCost(rule.Number, mean, mean - half, mean + half, all > 0 ? mean / all : 0, users.Length));
        }
        return costs;
    }

    private double[] Relevance(RuleSet under, (double Last, double Range)[] scales)
    {
        var lists = make(under);
        var sums = new double[users.Length];
        for (int first = 0; first < users.Length; first += CandidateBlock.MaxUsers)
        {
            var (candidates, made) = lists(Chunk(first));
            for (int u = 0; u < made.Users.Length; u++)
            {
                var (last, range) = scales[first + u];
                var items = candidates.ItemsOf(u);
                for (int entry = made.Offsets[u]; entry < made.Offsets[u + 1]; entry++)
                {
                    int at = items.IndexOf(made.Items[entry]);
                    if (at >= 0) sums[first + u] += range > 0 ? Math.Clamp((candidates.ScoresOf(u)[at] - last) / range, 0, 1) : 1;
                }
            }
        }
        return sums;
    }

    private int[] Chunk(int first) => users[first..Math.Min(users.Length, first + CandidateBlock.MaxUsers)];
}
