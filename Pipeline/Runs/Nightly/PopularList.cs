using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>What a user without history gets: the available items of the most customers, diversified as every list is.</summary>
internal static class PopularList
{
    /// <summary>One list; its only user is 0 and stands for nobody.</summary>
    public static RecommendationBlock Of(InteractionMatrix interactions, bool[] available, DiversifyStage diversify, int depth)
    {
        var weights = new double[interactions.Items];
        // A pair counts as one customer at most: whatever is sold by the millilitre would own the list else.
        for (int k = 0; k < interactions.Count; k++)
            weights[interactions.ByUser.Indices[k]] += interactions.IsWeighted ? Math.Min(1, interactions.ByUser.Values[k]) : 1;
        var best = Enumerable.Range(0, interactions.Items).Where(i => available[i] && weights[i] > 0).OrderByDescending(i => weights[i]).ThenBy(i => i).Take(
            depth).ToArray();
        var candidates = new CandidateBlock([0], Math.Max(1, depth));
        candidates.Counts[0] = best.Length;
        for (int k = 0; k < best.Length; k++)
        {
            candidates.Items[k] = best[k];
            candidates.Scores[k] = (float)weights[best[k]];
            candidates.Sources[k] = CandidateSource.Popular;
        }
        return diversify.Run(candidates);
    }
}
