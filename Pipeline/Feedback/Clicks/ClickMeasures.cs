using Recsys.Batch.Pipeline.Feedback.Estimates;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Feedback.Clicks;

/// <summary>How well chances go with what was clicked.</summary>
internal static class ClickMeasures
{
    /// <summary>Mean of -ln of the chance of what came.</summary>
    public static double LogLoss(double[] chances, Predicate<int> clicked)
    {
        double sum = 0;
        for (int at = 0; at < chances.Length; at++) sum -= Math.Log(clicked(at) ? chances[at] : 1 - chances[at]);
        return sum / chances.Length;
    }

    /// <summary>Expected clicks a list beside those that lists got, for each half of the users.</summary>
    public static HeldOutLists[] Halves(ShownItems shown, UserParts users, double[] chances)
    {
        var (expected, clicks) = (new double[shown.Lists.Count], new double[shown.Lists.Count]);
        for (int at = 0; at < shown.Count; at++)
        {
            expected[shown[at].List] += chances[at];
            if (shown[at].IsClicked) clicks[shown[at].List]++;
        }
        var (ratios, means, seen) = (new ClusteredMean[UserParts.Halves], new ClusteredMean[UserParts.Halves], new int[UserParts.Halves]);
        for (int half = 0; half < UserParts.Halves; half++)
            (ratios[half], means[half]) = (new ClusteredMean(shown.Lists.Clusters), new ClusteredMean(shown.Lists.Clusters));
        for (int list = 0; list < expected.Length; list++)
        {
            int user = shown.Lists.Users[list], half = users.HalfOf(user);
            ratios[half].Add(user, clicks[list], expected[list]);
            means[half].Add(user, clicks[list], 1);
            seen[half]++;
        }
        return [.. Enumerable.Range(0, UserParts.Halves).Select(half =>
        {
            var ratio = ratios[half].Moments();
            double sum = ratio.Value * ratio.Weight;
            // As shares of themselves: the clicks that are looked at, and those of the other half by which they were expected.
            double spread = NormalDistribution.Z95 * Math.Sqrt(Variance(ratio) + Variance(means[1 - half].Moments()));
            return new HeldOutLists(
                seen[half], ratio.Clusters, ratio.Weight / seen[half], sum / seen[half],
                new EstimatedValue(ratio.Value, ratio.Value * Math.Exp(-spread), ratio.Value * Math.Exp(spread)));
        })];
    }

    /// <summary>Of a ratio, as a share of its square.</summary>
    private static double Variance(RatioMoments of) =>
        of.Clusters / Math.Max(1, of.Clusters - 1.0) * of.Second / (of.Weight * of.Weight * of.Value * of.Value);
}
