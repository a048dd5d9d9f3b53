using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Rank;

/// <summary>
/// A user's best candidates in the order of a ranker, with its score, ties in the model's order; then the others as they came, with the least of those scores.
/// Safe to call from many threads.
/// </summary>
/// <param name="candidates">Candidates a user that are ranked at most, at least 1.</param>
/// <param name="chances">Chance of a purchase by the ranker's score, where the order is by chance times price; null where it is by the score.</param>
/// <param name="priceWeight">See <see cref="ItemWorth"/>.</param>
internal sealed class Reranker(RankInputs inputs, IRanker ranker, int candidates, IsotonicRegression? chances = null, double priceWeight = 1)
{
    private readonly FeatureRows _features = FeatureRows.Of(inputs);
    private readonly ItemWorth? _worth = chances is null ? null : ItemWorth.Of(inputs.Catalog, priceWeight);

    /// <summary>Whether the ranker's features are those that the inputs have.</summary>
    public bool Fits => _features.Names.AsSpan().SequenceEqual(Array.ConvertAll(ranker.Ranges, r => r.Name));

    /// <summary>Whether candidates keep the rows that they were ranked by, so that lists of them can be explained.</summary>
    public bool KeepsRows { get; init; }

    public CandidateBlock Run(CandidateBlock block)
    {
        var ranked = new CandidateBlock(block.Users, block.Depth)
        {
            Own = block.Own,
            IsLast = block.IsLast,
            Asked = block.Asked,
            Ranked = KeepsRows ? new RankedRows?[block.Users.Length] : null,
        };
        for (int u = 0; u < block.Users.Length; u++)
        {
            int count = ranked.Counts[u] = block.Counts[u];
            if (count == 0) continue;
            var user = new RankedUser(inputs, block.Users[u], block.ItemsOf(u).ToArray(), block.ScoresOf(u).ToArray());
            int first = Math.Min(candidates, count);
            var scores = new float[count];
            float[] rows = Score(user, scores.AsSpan(0, first));
            if (KeepsRows) ranked.Ranked![u] = new RankedRows(user.Items[..first], rows);
            scores.AsSpan(first).Fill(TensorPrimitives.Min<float>(scores.AsSpan(0, first)));
            int[] order = [.. Enumerable.Range(0, count)];
            Array.Sort(order, 0, first, Comparer<int>.Create((a, b) => scores[a] != scores[b] ? scores[b].CompareTo(scores[a]) : a.CompareTo(b)));
            int at = u * block.Depth;
            for (int k = 0; k < count; k++)
            {
                ranked.Items[at + k] = block.Items[at + order[k]];
                ranked.Scores[at + k] = scores[order[k]];
                ranked.Sources[at + k] = block.Sources[at + order[k]];
            }
        }
        return ranked;
    }

    /// <returns>The rows that were scored.</returns>
    private float[] Score(RankedUser user, Span<float> scores)
    {
        var rows = new float[scores.Length * ranker.Ranges.Length];
        _features.Fill(user, rows);
        FeatureRange.Apply(ranker.Ranges, rows);
        ranker.Score(rows, scores);
        if (_worth is not null)
            for (int k = 0; k < scores.Length; k++) scores[k] = _worth.Score(chances!, user.Items[k], scores[k]);
        return rows;
    }
}
