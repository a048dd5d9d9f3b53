using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Rank;

/// <summary>
/// Says which features of the ranker carried an entry to its place: those with the greatest shares above 0. What speaks against an entry did not carry it; it
/// is in the sum of all others, so that a large share beside a large one against it does not pass for more than it is.
/// </summary>
/// <param name="minShare">A feature is named only where its share is at least this much of the strongest one's, 0 to 1.</param>
internal sealed class FeatureReasons(IRanker ranker, double minShare)
{
    private readonly string[] _names = Array.ConvertAll(ranker.Ranges, r => r.Name);

    /// <summary>
    /// Writes <see cref="RecommendationBlock.Features"/> of entries whose rows are in <see cref="RecommendationBlock.Ranked"/>; those that a rule put there
    /// stay without. Safe to call from many threads with a block each.
    /// </summary>
    /// <param name="only">Entries that are wanted; null: all.</param>
    public void Run(RecommendationBlock block, bool[]? only = null)
    {
        if (block.Ranked is null) return;
        var features = block.Features ??= ListFeatures.None(_names, block.Items.Length);
        var shares = new double[_names.Length];
        for (int u = 0; u < block.Users.Length; u++)
        {
            if (block.Ranked[u] is not { } ranked) continue;
            for (int entry = block.Offsets[u]; entry < block.Offsets[u + 1]; entry++)
            {
                if (only?[entry] == false || block.Sources[entry] is CandidateSource.Promoted or CandidateSource.Control) continue;
                var row = ranked.Of(block.Items[entry]);
                if (row.IsEmpty) continue;
                ranker.Shares(row, shares);
                Strongest(shares, features, entry);
            }
        }
    }

    private void Strongest(Span<double> shares, ListFeatures features, int entry)
    {
        double least = 0;
        for (int rank = 0; rank < ListFeatures.Max; rank++)
        {
            int best = -1;
            for (int f = 0; f < shares.Length; f++)
                if (shares[f] > 0 && shares[f] >= least && (best < 0 || shares[f] > shares[best])) best = f;
            if (best < 0) break;
            features.Strongest[entry * ListFeatures.Max + rank] = (short)best;
            features.Shares[entry * ListFeatures.Max + rank] = (float)shares[best];
            if (rank == 0) least = shares[best] * minShare;
            shares[best] = 0;
        }
        double others = 0;
        foreach (double share in shares) others += share;
        features.Others[entry] = (float)others;
    }
}
