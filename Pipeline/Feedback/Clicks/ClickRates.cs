using Recsys.Batch.Pipeline.Feedback.Estimates;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Feedback.Clicks;

/// <summary>
/// Shares of what was shown that was clicked or bought, an impression being an item of a list that its user was shown, however often; intervals count users
/// (<see cref="RareClickInterval"/>).
/// </summary>
internal static class ClickRates
{
    /// <param name="of">Which entries count.</param>
    /// <param name="happened">What is counted of them.</param>
    /// <returns>NaN where none counts.</returns>
    public static EstimatedValue Of(ShownItems shown, Predicate<int> of, Predicate<int> happened)
    {
        var mean = new ClusteredMean(shown.Lists.Clusters);
        long entries = 0, hits = 0;
        for (int at = 0; at < shown.Count; at++)
        {
            if (!of(at)) continue;
            entries++;
            bool hit = happened(at);
            if (hit) hits++;
            mean.Add(shown.UserOf(at), hit ? 1 : 0, 1);
        }
        var expected = new ClickMoments(1, hits, hits, mean.EffectiveClicks);
        return RareClickInterval.Of(mean.Moments(), expected, NormalDistribution.Z95);
    }
}
