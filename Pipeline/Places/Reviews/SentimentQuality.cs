using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Places.Reviews;

/// <summary>
/// How well the classifier tells held-out reviews apart, beside calling each what most are. Shares have Wilson's 95% intervals (1927), the difference that of
/// its mean over the same reviews, the AUC DeLong's (DeLong, DeLong and Clarke-Pearson 1988).
/// </summary>
/// <param name="Trained">Reviews that it learned from before them.</param>
/// <param name="Tested">Held-out reviews.</param>
/// <param name="Majority">Accuracy of the class that is more frequent among those it learned from.</param>
/// <param name="LogLoss">In nats a review.</param>
/// <param name="ShareLogLoss">That of the share of positive ones among those it learned from.</param>
internal sealed record SentimentQuality(
    int Trained, int Tested, Interval Accuracy, Interval Majority, Interval Difference, Interval Auc, double LogLoss, double ShareLogLoss)
{
    /// <summary>Whether it says more than nothing of a review.</summary>
    public bool IsUseful => Auc.Low > 0.5 && LogLoss < ShareLogLoss;

    /// <param name="probabilities">That each held-out review is positive.</param>
    /// <param name="share">Of positive ones among those that were learned from.</param>
    public static SentimentQuality Of(int trained, double[] probabilities, bool[] positive, double share)
    {
        int n = positive.Length;
        int right = 0, rightByMost = 0;
        double differences = 0, squares = 0, loss = 0, shareLoss = 0;
        for (int k = 0; k < n; k++)
        {
            int own = probabilities[k] >= 0.5 == positive[k] ? 1 : 0, most = share >= 0.5 == positive[k] ? 1 : 0;
            right += own;
            rightByMost += most;
            differences += own - most;
            squares += (own - most) * (own - most);
            loss -= Math.Log(Math.Clamp(positive[k] ? probabilities[k] : 1 - probabilities[k], 1e-12, 1));
            shareLoss -= Math.Log(Math.Clamp(positive[k] ? share : 1 - share, 1e-12, 1));
        }
        double mean = differences / n;
        double spread = NormalDistribution.Z95 * Math.Sqrt(Math.Max(0, squares / n - mean * mean) / n);
        return new SentimentQuality(
            trained, n, ShareInterval.Of(right, n), ShareInterval.Of(rightByMost, n), new Interval(mean, mean - spread, mean + spread),
            Area(probabilities, positive), loss / n, shareLoss / n);
    }

    /// <summary>The chance that a positive review has more than a negative one, ties counting half, by ranks among all and among one's own class.</summary>
    private static Interval Area(double[] scores, bool[] positive)
    {
        double[] all = MiddleRanks(scores, [.. Enumerable.Range(0, scores.Length)]);
        int[] yes = [.. Enumerable.Range(0, scores.Length).Where(k => positive[k])], no = [.. Enumerable.Range(0, scores.Length).Where(k => !positive[k])];
        double[] amongYes = MiddleRanks(scores, yes), amongNo = MiddleRanks(scores, no);
        double[] ofYes = [.. yes.Select((k, at) => (all[k] - amongYes[at]) / no.Length)];
        double[] ofNo = [.. no.Select((k, at) => 1 - (all[k] - amongNo[at]) / yes.Length)];
        double area = ofYes.Average();
        double spread = NormalDistribution.Z95 * Math.Sqrt(Variance(ofYes) / yes.Length + Variance(ofNo) / no.Length);
        return new Interval(area, Math.Max(0, area - spread), Math.Min(1, area + spread));
    }

    private static double Variance(double[] values)
    {
        double mean = values.Average();
        return values.Sum(v => (v - mean) * (v - mean)) / Math.Max(1, values.Length - 1);
    }

    /// <summary>Ranks from 1 on among the chosen, ties sharing the middle one; by position among the chosen.</summary>
    private static double[] MiddleRanks(double[] scores, int[] chosen)
    {
        int[] order = [.. Enumerable.Range(0, chosen.Length).OrderBy(at => scores[chosen[at]])];
        var ranks = new double[chosen.Length];
        for (int from = 0, to; from < order.Length; from = to)
        {
            for (to = from + 1; to < order.Length && scores[chosen[order[to]]] == scores[chosen[order[from]]]; to++)
            {
            }
            for (int k = from; k < to; k++) ranks[order[k]] = (from + 1 + to) / 2.0;
        }
        return ranks;
    }
}
