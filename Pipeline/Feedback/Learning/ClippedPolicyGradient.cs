namespace Recsys.Batch.Pipeline.Feedback.Learning;

/// <param name="Clip">
/// How far the ratio of new to old probability may leave 1 before the objective stops paying for it (epsilon of the paper), over 0 to below 1.
/// </param>
/// <param name="Floor">Least probability of an arm.</param>
/// <param name="MaxChange">The most by which the probability of any arm moves.</param>
internal sealed record StepBounds(double Clip, double Floor, double MaxChange);

/// <summary>
/// One step of proximal policy optimization (Schulman et al. 2017) for one context. The policy is pi = floor + (1 - K floor) softmax(theta) over K arms; over
/// the context's lists, with rho = pi(arm) / old(arm), advantage A = r - mean reward, and c = old(arm) / propensity for lists that other policies drew,
/// <code>
/// maximize  sum c min(rho A, clip(rho, 1 - epsilon, 1 + epsilon) A)
/// </code>
/// by gradient ascent with normalized, shrinking steps, started at the old policy. The result is drawn back towards the old policy until no arm moved by more
/// than the bound.
/// </summary>
internal static class ClippedPolicyGradient
{
    private const int Epochs = 300;

    private const double FirstStep = 0.02;

    /// <summary>Softmax weight that an arm at its floor starts from: at 0 it would never rise again.</summary>
    private const double MinSoftmax = 0.01;

    /// <param name="which">Lists to learn from; those of other contexts are left out.</param>
    /// <param name="old">Probabilities of the policy in force, by arm.</param>
    /// <returns>New probabilities by arm.</returns>
    public static double[] Step(LoggedImpressions lists, int context, Func<int, bool> which, ReadOnlySpan<double> old, StepBounds bounds)
    {
        int arms = old.Length;
        var (gains, losses) = Advantages(lists, context, which, old);
        double scale = gains.Sum() + losses.Sum();
        var before = old.ToArray();
        if (!(scale > 0)) return before;
        double room = 1 - arms * bounds.Floor;
        if (!(room > 0)) return before;
        var theta = new double[arms];
        for (int a = 0; a < arms; a++) theta[a] = Math.Log(Math.Max((before[a] - bounds.Floor) / room, MinSoftmax));
        var (softmax, pi, gradient) = (new double[arms], new double[arms], new double[arms]);
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            Play(theta, bounds.Floor, room, softmax, pi);
            double along = 0;
            for (int a = 0; a < arms; a++)
            {
                double rho = pi[a] / before[a];
                gradient[a] = ((rho < 1 + bounds.Clip ? gains[a] : 0) - (rho > 1 - bounds.Clip ? losses[a] : 0)) / before[a] / scale;
                along += softmax[a] * gradient[a];
            }
            double largest = 0;
            for (int a = 0; a < arms; a++)
            {
                gradient[a] = room * softmax[a] * (gradient[a] - along);
                largest = Math.Max(largest, Math.Abs(gradient[a]));
            }
            if (largest < 1e-12) break;
            double step = FirstStep / (1 + epoch / 30.0) / largest;
            for (int a = 0; a < arms; a++) theta[a] += step * gradient[a];
        }
        Play(theta, bounds.Floor, room, softmax, pi);
        return Bounded(before, pi, bounds.MaxChange);
    }

    /// <summary>Sums of c A by arm over lists with A above 0, and of -c A over the others.</summary>
    private static (double[] Gains, double[] Losses) Advantages(LoggedImpressions lists, int context, Func<int, bool> which, ReadOnlySpan<double> old)
    {
        double rewards = 0, weights = 0;
        for (int i = 0; i < lists.Count; i++)
        {
            if (lists.Context[i] != context || !which(i)) continue;
            double weight = old[lists.Arm[i]] / lists.Propensity[i];
            rewards += weight * lists.Reward[i];
            weights += weight;
        }
        double mean = weights > 0 ? rewards / weights : 0;
        var (gains, losses) = (new double[old.Length], new double[old.Length]);
        for (int i = 0; i < lists.Count; i++)
        {
            if (lists.Context[i] != context || !which(i)) continue;
            double advantage = old[lists.Arm[i]] / lists.Propensity[i] * (lists.Reward[i] - mean);
            if (advantage > 0) gains[lists.Arm[i]] += advantage;
            else losses[lists.Arm[i]] -= advantage;
        }
        return (gains, losses);
    }

    private static void Play(double[] theta, double floor, double room, double[] softmax, double[] pi)
    {
        double most = theta.Max(), sum = 0;
        for (int a = 0; a < theta.Length; a++) sum += softmax[a] = Math.Exp(theta[a] - most);
        for (int a = 0; a < theta.Length; a++)
        {
            softmax[a] /= sum;
            pi[a] = floor + room * softmax[a];
        }
    }

    private static double[] Bounded(double[] before, double[] after, double maxChange)
    {
        double largest = 0;
        for (int a = 0; a < before.Length; a++) largest = Math.Max(largest, Math.Abs(after[a] - before[a]));
        double share = largest > maxChange ? maxChange / largest : 1;
        return [.. before.Zip(after, (b, a) => b + share * (a - b))];
    }
}
