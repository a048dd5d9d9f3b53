using System.Globalization;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Feedback.Estimates;

/// <summary>
/// Values of policies from lists that other policies drew. With reward r, propensity mu = P(arm | context) at the time, weight w = pi(arm | context) / mu and
/// reward model q, over n lists:
/// <code>
/// IPS    1/n sum w r
/// SNIPS  sum w r / sum w
/// DR     1/n sum ( sum over arms a of pi(a | x) q(x, a)  +  w (r - q(x, arm)) )
/// </code>
/// IPS and DR are unbiased where every arm that pi plays has a positive propensity: by their construction policies have that (see
/// <see cref="Data.DiversityPolicy"/>).
/// Every list counts by its user's weight (<see cref="LoggedImpressions.Weight"/>), and n is the sum of these.
/// </summary>
/// <param name="minEffectiveUsers">Fewer effective users than that conclude nothing.</param>
/// <param name="minClicks">Nor do fewer effective clicks.</param>
internal sealed class OffPolicyEstimator(LoggedImpressions lists, RewardModel model, double minEffectiveUsers, double minClicks)
{
    /// <summary>The reward model in the form of pi: one list's share of the doubly robust estimate.</summary>
    internal static double DoublyRobust(LoggedImpressions lists, RewardModel model, int list, ReadOnlySpan<double> pi)
    {
        int fold = model.Folds.Of(lists.Users[list]), context = lists.Context[list], arm = lists.Arm[list];
        double expected = 0;
        for (int a = 0; a < pi.Length; a++) expected += pi[a] * model.Of(fold, context, a);
        return expected + pi[arm] / lists.Propensity[list] * (lists.Reward[list] - model.Of(fold, context, arm));
    }

    public PolicyEstimate Estimate(TargetPolicy policy)
    {
        var (ips, snips, robust) = (new ClusteredMean(lists.Clusters), new ClusteredMean(lists.Clusters), new ClusteredMean(lists.Clusters));
        var expected = new ClickMomentsBuilder();
        double most = 0;
        for (int i = 0; i < lists.Count; i++)
        {
            int user = lists.Users[i];
            double own = lists.Weight[i], weight = policy.Probabilities is { } p ? p[lists.Context[i]][lists.Arm[i]] / lists.Propensity[i] : 1;
            most = Math.Max(most, weight);
            ips.Add(user, own * weight * lists.Reward[i], own);
            snips.Add(user, own * weight * lists.Reward[i], own * weight);
            robust.Add(user, own * (policy.Probabilities is { } q ? DoublyRobust(lists, model, i, q[lists.Context[i]]) : lists.Reward[i]), own);
            expected.Add(own * weight, model.Of(model.Folds.Of(user), lists.Context[i], lists.Arm[i]));
        }
        double effective = snips.Effective, effectiveClicks = ips.EffectiveClicks;
        var moments = expected.Of(effectiveClicks);
        EstimatedValue Interval(ClusteredMean mean) => RareClickInterval.Of(mean.Moments(), moments, NormalDistribution.Z95);
        return new PolicyEstimate(
            policy.Name, Interval(ips), Interval(snips), Interval(robust), effective, effectiveClicks, most,
            Unseen(policy) ?? TooFew(effective, "users", minEffectiveUsers) ?? TooFew(effectiveClicks, "clicks", minClicks));
    }

    /// <summary>
    /// What an arm's lists brought on average, taken as they are: wrong wherever contexts differ both in what they click and in what they draw. To be laid
    /// beside the estimates.
    /// </summary>
    public double Naive(int arm)
    {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < lists.Count; i++)
        {
            if (lists.Arm[i] != arm) continue;
            sum += lists.Reward[i];
            count++;
        }
        return count > 0 ? sum / count : double.NaN;
    }

    private static string? TooFew(double effective, string what, double expected) => effective >= expected ? null
        : string.Create(CultureInfo.InvariantCulture, $"too few: {Math.Floor(effective):0} effective {what}, expected {expected:0}");

    /// <summary>An arm that the policy plays and nobody saw in some context: the policies do not overlap there.</summary>
    private string? Unseen(TargetPolicy policy)
    {
        if (policy.Probabilities is not { } p) return lists.Count > 0 ? null : "no list was seen";
        var (contexts, seen) = (new bool[lists.Contexts], new bool[lists.Contexts, lists.Arms]);
        for (int i = 0; i < lists.Count; i++) contexts[lists.Context[i]] = seen[lists.Context[i], lists.Arm[i]] = true;
        for (int x = 0; x < lists.Contexts; x++)
            for (int a = 0; a < lists.Arms; a++)
                if (contexts[x] && p[x][a] > 0 && !seen[x, a]) return "no overlap: a context that it serves never saw an arm that it plays";
        return lists.Count > 0 ? null : "no list was seen";
    }
}
