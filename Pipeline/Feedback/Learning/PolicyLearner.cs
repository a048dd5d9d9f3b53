using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Feedback.Estimates;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Feedback.Learning;

/// <summary>What was decided for one context.</summary>
/// <param name="Users">Distinct users who saw a list of the policy in force.</param>
/// <param name="Moves">Whether the next policy has <paramref name="Candidate"/> rather than <paramref name="Before"/>.</param>
/// <param name="Gain">
/// What the candidate is worth beyond the policy in force, in reward a list, by lists of that policy alone, with an interval of the look's level.
/// </param>
/// <param name="Why">The decision in words.</param>
/// <param name="Looked">Whether arms were held against each other: that spends of the level.</param>
internal sealed record ContextStep(
    string Context, int Users, bool Moves, IReadOnlyList<double> Before, IReadOnlyList<double> Candidate, EstimatedValue Gain, string Why, bool Looked);

/// <summary>
/// The next policy from the one in force, by lists of that policy alone: a step brings another policy, whose evidence begins anew, so what moved by chance is
/// not confirmed by the same clicks. A context moves where its arms fall into groups that differ by more than chance (<see cref="ArmGroups"/>) and the step
/// gains. The level is shared evenly by contexts and by the ways in which equal arms can be divided (Bonferroni): where no arms differ, a look moves anything
/// in about so many cases as its level says.
/// </summary>
/// <param name="minEffectiveUsers">A context moves only where each of its arms was seen by so many effective users.</param>
/// <param name="minClicks">And has so many effective clicks.</param>
/// <param name="fullShare">Share of users whose clicks count in full.</param>
internal sealed class PolicyLearner(LoggedImpressions lists, StepBounds bounds, double minEffectiveUsers, double minClicks, double fullShare)
{
    /// <param name="refusal">Why nothing may move, whatever the estimates say; null where something may.</param>
    /// <param name="level">Chance that this look may move a policy whose arms do not differ.</param>
    public (DiversityPolicy Next, IReadOnlyList<ContextStep> Steps) Step(DiversityPolicy inForce, string? refusal, double level)
    {
        double z = NormalDistribution.Quantile(1 - level / 2 / inForce.Contexts / ArmGroups.Divisions(inForce.Arms.Count));
        var steps = Enumerable.Range(0, inForce.Contexts).Select(x => Try(inForce, x, refusal, z)).ToArray();
        int[][] shares = [.. steps.Select((s, x) => s.Moves ? PolicyShares.Of([.. s.Candidate]) : [.. inForce.Shares[x]])];
        return (steps.Any(s => s.Moves) ? Next(inForce, shares) : inForce, steps);
    }

    /// <summary>What an earlier look decided, where it is not yet time for another one.</summary>
    public (DiversityPolicy Next, IReadOnlyList<ContextStep> Steps) Hold(DiversityPolicy inForce, EvidenceLook last, string why)
    {
        var shares = last.Shares ?? inForce.Shares;
        var steps = Enumerable.Range(0, inForce.Contexts).Select(x =>
        {
            bool moves = !shares[x].SequenceEqual(inForce.Shares[x]);
            double[] Of(IReadOnlyList<int> row) => [.. row.Select(s => s / (double)DiversityPolicy.Whole)];
            return new ContextStep(
                inForce.ContextName(x), Users(x), moves, Of(inForce.Shares[x]), Of(shares[x]), EstimatedValue.None, moves ? "moves" : why, Looked: false);
        }).ToArray();
        return (steps.Any(s => s.Moves) ? Next(inForce, shares) : inForce, steps);
    }

    /// <summary>The policy one step after <paramref name="inForce"/>.</summary>
    public static DiversityPolicy Next(DiversityPolicy inForce, IReadOnlyList<IReadOnlyList<int>> shares)
    {
        string parent = inForce.Id();
        string named = parent + string.Join(' ', shares.SelectMany(s => s).Select(s => s.ToString(CultureInfo.InvariantCulture)));
        return inForce with
        {
            Origin = "learned",
            Steps = inForce.Steps + 1,
            Parent = parent,
            Salt = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(named)))[..32],
            Shares = shares,
        };
    }

    private ContextStep Try(DiversityPolicy inForce, int context, string? refusal, double z)
    {
        double[] before = [.. Enumerable.Range(0, inForce.Arms.Count).Select(a => inForce.Probability(context, a))];
        int users = Users(context);
        var evidence = ArmEvidence.Of(lists, context, fullShare);
        ContextStep Stays(string why, bool looked = false) =>
            new(inForce.ContextName(context), users, false, before, before, EstimatedValue.None, why, looked);

        if (refusal is not null) return Stays(refusal);
        for (int arm = 0; arm < before.Length; arm++)
            if (TooFew(evidence[arm], inForce.Arms[arm]) is { } why) return Stays(why);
        int[] groups = ArmGroups.Of(evidence, z);
        if (groups.Max() == 0) return Stays("no lambda differs from another by more than chance", looked: true);
        double[] candidate = ClippedPolicyGradient.Step(lists, context, before, groups, bounds);
        var gain = Gain(evidence, before, candidate, z);
        bool moves = gain.Low > 0;
        return new(inForce.ContextName(context), users, moves, before, candidate, gain, moves ? "moves" : "the gain may be chance", Looked: true);
    }

    private int Users(int context)
    {
        var users = new HashSet<int>();
        for (int i = 0; i < lists.Count; i++)
            if (ArmEvidence.Counts(lists, i, context)) users.Add(lists.Users[i]);
        return users.Count;
    }

    private string? TooFew(ArmEvidence evidence, double lambda)
    {
        var (found, what, expected) = evidence.EffectiveUsers < minEffectiveUsers
            ? (evidence.EffectiveUsers, "users saw", minEffectiveUsers)
            : (evidence.EffectiveClicks, "clicks on lists of", minClicks);
        return found >= expected ? null
            : string.Create(CultureInfo.InvariantCulture, $"too few: {Math.Floor(found):0} effective {what} lambda {lambda:0.####}, expected {expected:0}");
    }

    /// <summary>A sum of independent parts, each with an interval of its own (Zou and Donner 2008).</summary>
    private static EstimatedValue Gain(ArmEvidence[] evidence, double[] before, double[] after, double z)
    {
        double value = 0, below = 0, above = 0;
        for (int a = 0; a < evidence.Length; a++)
        {
            double change = after[a] - before[a];
            var arm = evidence[a].Interval(z);
            double down = change * (arm.Value - (change > 0 ? arm.Low : arm.High)), up = change * ((change > 0 ? arm.High : arm.Low) - arm.Value);
            (value, below, above) = (value + change * arm.Value, below + down * down, above + up * up);
        }
        return new EstimatedValue(value, value - Math.Sqrt(below), value + Math.Sqrt(above));
    }
}
