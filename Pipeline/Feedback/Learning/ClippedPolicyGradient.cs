namespace Recsys.Batch.Pipeline.Feedback.Learning;

/// <param name="Clip">
/// How far the ratio of new to old probability may leave 1 before the objective stops paying for it (epsilon of the paper), over 0 to below 1.
/// </param>
/// <param name="Floor">Least probability of an arm.</param>
/// <param name="MaxChange">The most by which the probability of any arm moves.</param>
internal sealed record StepBounds(double Clip, double Floor, double MaxChange);

/// <summary>
/// One step of proximal policy optimization (Schulman et al. 2017) for one context, over groups of arms that clicks tell apart. The policy is pi = floor +
/// (1 - K floor) softmax(theta) over groups, whose floors are those of their arms; over the context's lists, with rho = pi(group) / old(group) and advantage
/// A = r - mean reward,
/// <code>
/// maximize  sum min(rho A, clip(rho, 1 - epsilon, 1 + epsilon) A)
/// </code>
/// by gradient ascent with normalized, shrinking steps, started at the old policy. Arms of one group share what it wins or loses in proportion to what they
/// have above the floor. The result is drawn back towards the old policy until no arm moved by more than the bound.
/// </summary>
internal static class ClippedPolicyGradient
{
    private const int Epochs = 300;

    private const double FirstStep = 0.02;

    /// <summary>Softmax weight that a group at its floor starts from: at 0 it would never rise again.</summary>
    private const double MinSoftmax = 0.01;

    /// <param name="lists">Those of the policy in force and of the context are learned from.</param>
    /// <param name="old">Probabilities of the policy in force, by arm.</param>
    /// <param name="groupOf">By arm, from 0.</param>
    /// <returns>New probabilities by arm.</returns>
    public static double[] Step(LoggedImpressions lists, int context, double[] old, int[] groupOf, StepBounds bounds)
    {
        int groups = groupOf.Max() + 1;
        var (before, floors) = (new double[groups], new double[groups]);
        for (int a = 0; a < old.Length; a++)
        {
            before[groupOf[a]] += old[a];
            floors[groupOf[a]] += bounds.Floor;
        }
        var (gains, losses) = Advantages(lists, context, groupOf, groups);
        double scale = gains.Sum() + losses.Sum(), room = 1 - floors.Sum();
        if (groups < 2 || !(scale > 0) || !(room > 0)) return [.. old];
        var theta = new double[groups];
        for (int g = 0; g < groups; g++) theta[g] = Math.Log(Math.Max((before[g] - floors[g]) / room, MinSoftmax));
        var (softmax, pi, gradient) = (new double[groups], new double[groups], new double[groups]);
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            Play(theta, floors, room, softmax, pi);
            double along = 0;
            for (int g = 0; g < groups; g++)
            {
                double rho = pi[g] / before[g];
                gradient[g] = ((rho < 1 + bounds.Clip ? gains[g] : 0) - (rho > 1 - bounds.Clip ? losses[g] : 0)) / before[g] / scale;
                along += softmax[g] * gradient[g];
            }
            double largest = 0;
            for (int g = 0; g < groups; g++)
            {
                gradient[g] = room * softmax[g] * (gradient[g] - along);
                largest = Math.Max(largest, Math.Abs(gradient[g]));
            }
            if (largest < 1e-12) break;
            double step = FirstStep / (1 + epoch / 30.0) / largest;
            for (int g = 0; g < groups; g++) theta[g] += step * gradient[g];
        }
        Play(theta, floors, room, softmax, pi);
        return Bounded(old, Shared(old, groupOf, before, pi, floors, bounds.Floor), bounds.MaxChange);
    }

    /// <summary>Sums of A by group over lists with A above 0, and of -A over the others.</summary>
    private static (double[] Gains, double[] Losses) Advantages(LoggedImpressions lists, int context, int[] groupOf, int groups)
    {
        double rewards = 0, weights = 0;
        for (int i = 0; i < lists.Count; i++)
            if (ArmEvidence.Counts(lists, i, context)) (rewards, weights) = (rewards + lists.Weight[i] * lists.Reward[i], weights + lists.Weight[i]);
        double mean = weights > 0 ? rewards / weights : 0;
        var (gains, losses) = (new double[groups], new double[groups]);
        for (int i = 0; i < lists.Count; i++)
        {
            if (!ArmEvidence.Counts(lists, i, context)) continue;
            double advantage = lists.Weight[i] * (lists.Reward[i] - mean);
            if (advantage > 0) gains[groupOf[lists.Arm[i]]] += advantage;
            else losses[groupOf[lists.Arm[i]]] -= advantage;
        }
        return (gains, losses);
    }

    private static void Play(double[] theta, double[] floors, double room, double[] softmax, double[] pi)
    {
        double most = theta.Max(), sum = 0;
        for (int g = 0; g < theta.Length; g++) sum += softmax[g] = Math.Exp(theta[g] - most);
        for (int g = 0; g < theta.Length; g++)
        {
            softmax[g] /= sum;
            pi[g] = floors[g] + room * softmax[g];
        }
    }

    private static double[] Shared(double[] old, int[] groupOf, double[] before, double[] after, double[] floors, double floor)
    {
        var arms = new int[before.Length];
        foreach (int group in groupOf) arms[group]++;
        return
        [
            .. old.Select((p, a) =>
            {
                int g = groupOf[a];
                double above = before[g] - floors[g];
                // Where all of them are at the floor, each gets as much.
                return above > 1e-9 ? floor + (p - floor) * (after[g] - floors[g]) / above : after[g] / arms[g];
            }),
        ];
    }

    private static double[] Bounded(double[] before, double[] after, double maxChange)
    {
        double largest = 0;
        for (int a = 0; a < before.Length; a++) largest = Math.Max(largest, Math.Abs(after[a] - before[a]));
        double share = largest > maxChange ? maxChange / largest : 1;
        return [.. before.Zip(after, (b, a) => b + share * (a - b))];
    }
}
