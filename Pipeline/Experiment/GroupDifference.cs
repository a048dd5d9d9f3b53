using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Experiment;

/// <summary>What one outcome a customer is in the two groups, and how far apart they are.</summary>
/// <param name="Personal">Mean of those whose lists are personal.</param>
/// <param name="Control">Mean of the control group.</param>
/// <param name="Difference">Personal less control, by Welch.</param>
/// <param name="Adjusted">The same with CUPED; null where nothing is known of the time before, or it says nothing.</param>
/// <param name="Explained">Share of the variance that the time before explains; 0 without CUPED.</param>
internal sealed record GroupDifference(double Personal, double Control, Interval Difference, Interval? Adjusted, double Explained)
{
    /// <summary>The narrower of what there is: CUPED's where there is one.</summary>
    public Interval Best => Adjusted ?? Difference;

    /// <summary>
    /// Difference in means a user with a 95% interval by Welch (1947). With a covariate from before the experiment also CUPED (Deng, Xu, Kohavi and Walker
    /// 2013, "Improving the sensitivity of online controlled experiments by utilizing pre-experiment data"): <c>y - theta (x - mean x)</c>, theta by least
    /// squares within the groups. The draw made the groups alike before, so that changes the variance and not the mean.
    /// </summary>
    /// <param name="y">Outcome by user.</param>
    /// <param name="x">The same outcome before the experiment, by user; null: unknown.</param>
    /// <param name="isControl">By user.</param>
    /// <param name="users">Who counts.</param>
    /// <exception cref="ArgumentException">A group has fewer than two users.</exception>
    public static GroupDifference Of(double[] y, double[]? x, bool[] isControl, IReadOnlyList<int> users)
    {
        var (personal, control) = (Moments.Of(y, x, users, u => !isControl[u]), Moments.Of(y, x, users, u => isControl[u]));
        if (personal.Count < 2 || control.Count < 2) throw new ArgumentException("each group needs two users", nameof(users));
        var difference = Welch(personal.MeanY - control.MeanY, personal.VarianceY, personal.Count, control.VarianceY, control.Count);
        double xx = personal.SumXX + control.SumXX, xy = personal.SumXY + control.SumXY, yy = personal.SumYY + control.SumYY;
        if (x is null || !(xx > 0) || !(yy > 0)) return new GroupDifference(personal.MeanY, control.MeanY, difference, null, 0);
        double theta = xy / xx;
        var adjusted = Welch(
            personal.MeanY - control.MeanY - theta * (personal.MeanX - control.MeanX),
            personal.VarianceAdjusted(theta), personal.Count, control.VarianceAdjusted(theta), control.Count);
        return new GroupDifference(personal.MeanY, control.MeanY, difference, adjusted, xy * xy / (xx * yy));
    }

    private static Interval Welch(double difference, double varianceA, int a, double varianceB, int b)
    {
        double ofA = varianceA / a, ofB = varianceB / b, squared = ofA + ofB;
        if (!(squared > 0)) return new Interval(difference, difference, difference);
        double degrees = squared * squared / (ofA * ofA / (a - 1) + ofB * ofB / (b - 1));
        double half = StudentDistribution.Of95(Math.Max(1, degrees)) * Math.Sqrt(squared);
        return new Interval(difference, difference - half, difference + half);
    }

    /// <summary>Sums of squares about the group's means.</summary>
    private readonly record struct Moments(int Count, double MeanY, double MeanX, double SumYY, double SumXX, double SumXY)
    {
        public double VarianceY => SumYY / (Count - 1);

        public double VarianceAdjusted(double theta) => Math.Max(0, SumYY - 2 * theta * SumXY + theta * theta * SumXX) / (Count - 1);

        // Welford 1962: one pass, and no large sums that cancel.
        public static Moments Of(double[] y, double[]? x, IReadOnlyList<int> users, Func<int, bool> isOne)
        {
            int n = 0;
            double meanY = 0, meanX = 0, yy = 0, xx = 0, xy = 0;
            foreach (int user in users)
            {
                if (!isOne(user)) continue;
                n++;
                double ofX = x is null ? 0 : x[user], dy = y[user] - meanY, dx = ofX - meanX;
                meanY += dy / n;
                meanX += dx / n;
                yy += dy * (y[user] - meanY);
                xx += dx * (ofX - meanX);
                xy += dx * (y[user] - meanY);
            }
            return new Moments(n, meanY, meanX, yy, xx, xy);
        }
    }
}
