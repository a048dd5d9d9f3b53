using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Feedback.Estimates;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Feedback.Learning;

/// <summary>What was decided for one context.</summary>
/// <param name="Users">Distinct users who saw a list.</param>
/// <param name="Moves">Whether the next policy has <paramref name="Candidate"/> rather than <paramref name="Before"/>.</param>
/// <param name="Gain">
/// What steps like the candidate brought to users whom they were not learned from, in reward a list, doubly robust. Its interval is two-sided at 95% over all
/// contexts together (Bonferroni).
/// </param>
/// <param name="Why">The decision in words.</param>
internal sealed record ContextStep(
    string Context, int Users, bool Moves, IReadOnlyList<double> Before, IReadOnlyList<double> Candidate, EstimatedValue Gain, string Why);

/// <summary>
/// The next policy from the one in force. A step is tried before it is taken: users are dealt into folds, a step learned from the folds before one is valued on
/// that one (Dawid 1984), and a context moves where the lower end of that gain is above 0. No user is learned from before they are asked, so where arms do not
/// differ the gain is a martingale, and a night moves any context in about 1 of 40 cases, whatever the number of arms and contexts, and by no more than the
/// bounds. (Learning from all folds but one instead would find in each what it had put into the others, and move twice as often.)
/// </summary>
/// <param name="minEffectiveUsers">A context moves only where each of its arms was seen by so many effective users.</param>
internal sealed class PolicyLearner(LoggedImpressions lists, RewardModel model, StepBounds bounds, double minEffectiveUsers)
{
    /// <param name="refusal">Why nothing may move, whatever the estimates say; null where something may.</param>
    public (DiversityPolicy Next, IReadOnlyList<ContextStep> Steps) Step(DiversityPolicy inForce, string? refusal)
    {
        var steps = Enumerable.Range(0, inForce.Contexts).Select(x => Try(inForce, x, refusal)).ToArray();
        if (!steps.Any(s => s.Moves)) return (inForce, steps);
        int[][] shares = [.. steps.Select((s, x) => s.Moves ? PolicyShares.Of([.. s.Candidate]) : [.. inForce.Shares[x]])];
        string parent = inForce.Id();
        string named = parent + string.Join(' ', shares.SelectMany(s => s).Select(s => s.ToString(CultureInfo.InvariantCulture)));
        var next = inForce with
        {
            Origin = "learned",
            Steps = inForce.Steps + 1,
            Parent = parent,
            Salt = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(named)))[..32],
            Shares = shares,
        };
        return (next, steps);
    }

    private ContextStep Try(DiversityPolicy inForce, int context, string? refusal)
    {
        double[] before = [.. Enumerable.Range(0, inForce.Arms.Count).Select(a => inForce.Probability(context, a))];
        var users = new HashSet<int>();
        for (int i = 0; i < lists.Count; i++)
            if (lists.Context[i] == context) users.Add(lists.Users[i]);
        double[] candidate = ClippedPolicyGradient.Step(lists, context, _ => true, before, bounds);
        var gain = Gain(context, before, inForce.Contexts);
        ContextStep Stays(string why) => new(inForce.ContextName(context), users.Count, false, before, candidate, gain, why);

        if (refusal is not null) return Stays(refusal);
        for (int arm = 0; arm < before.Length; arm++)
        {
            double effective = Effective(context, arm);
            if (effective < minEffectiveUsers)
            {
                return Stays(string.Create(
                    CultureInfo.InvariantCulture,
                    $"too few: {effective:0} effective users saw lambda {inForce.Arms[arm]:0.####}, expected {minEffectiveUsers:0}"));
            }
        }
        if (!(gain.High > gain.Low)) return Stays("nothing tells the arms apart");
        if (!(gain.Low > 0)) return Stays("the gain may be chance");
        return new ContextStep(inForce.ContextName(context), users.Count, true, before, candidate, gain, "moves");
    }

    private EstimatedValue Gain(int context, double[] before, int contexts)
    {
        var folds = model.Folds;
        double[][] tried = [.. Enumerable.Range(0, folds.Count)
            .Select(fold => ClippedPolicyGradient.Step(lists, context, i => folds.Of(lists.Users[i]) < fold, before, bounds))];
        var gain = new ClusteredMean(lists.Clusters);
        for (int i = 0; i < lists.Count; i++)
        {
            // The first fold only teaches.
            if (lists.Context[i] != context || folds.Of(lists.Users[i]) == 0) continue;
            double with = OffPolicyEstimator.DoublyRobust(lists, model, i, tried[folds.Of(lists.Users[i])]);
            gain.Add(lists.Users[i], with - OffPolicyEstimator.DoublyRobust(lists, model, i, before), 1);
        }
        var (value, error) = gain.Result();
        return double.IsFinite(value) && double.IsFinite(error)
            ? EstimatedValue.Of(value, error, NormalDistribution.Quantile(1 - 0.025 / contexts))
            : EstimatedValue.None;
    }

    private double Effective(int context, int arm)
    {
        var weights = new ClusteredMean(lists.Clusters);
        for (int i = 0; i < lists.Count; i++)
            if (lists.Context[i] == context && lists.Arm[i] == arm) weights.Add(lists.Users[i], 0, 1 / lists.Propensity[i]);
        return weights.Effective;
    }
}
