using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Benchmarks.TextQuality;

/// <summary>What a text space is good for, as two measures that need no judge.</summary>
internal static class TextMeasures
{
    /// <summary>
    /// Share of the <paramref name="depth"/> nearest neighbors (itself left out, ties by index) that have the text's own label, mean over all texts.
    /// </summary>
    public static double Agreement(ITextSpace space, IReadOnlyList<int> labels, int depth, int threads)
    {
        var hits = new int[labels.Count];
        ParallelFor.Run(labels.Count, threads, () => (Scores: new float[labels.Count], Order: new int[labels.Count]), (query, buffers) =>
        {
            var (scores, order) = buffers;
            space.Scores(query, scores);
            scores[query] = float.NegativeInfinity;
            var best = new PriorityQueue<int, (float Score, int Index)>(depth + 1);
            for (int t = 0; t < scores.Length; t++)
            {
                // The worst that is kept stands first: the lowest score, and of equal ones the highest index.
                if (best.Count == depth && best.TryPeek(out _, out var worst) && scores[t] <= worst.Score) continue;
                best.Enqueue(t, (scores[t], -t));
                if (best.Count > depth) best.Dequeue();
            }
            foreach (var (t, _) in best.UnorderedItems) hits[query] += labels[t] == labels[query] ? 1 : 0;
        });
        return hits.Sum(h => (double)h / depth) / labels.Count;
    }

    /// <summary>
    /// How often target i is among the nearest of query i: recall@1, recall@10 and the mean reciprocal rank cut at 10. Equal scores share the middle of their
    /// ranks.
    /// </summary>
    public static (double At1, double At10, double ReciprocalRank) Retrieval(ITextSpace space, int count, int threads)
    {
        var ranks = new double[count];
        ParallelFor.Run(count, threads, () => new float[count], (query, scores) =>
        {
            space.Scores(query, scores);
            int above = 0, equal = 0;
            foreach (float score in scores)
            {
                if (score > scores[query]) above++;
                else if (score == scores[query]) equal++;
            }
            ranks[query] = above + ((equal - 1) / 2.0);
        });
        return (ranks.Count(r => r < 1) / (double)count, ranks.Count(r => r < 10) / (double)count, ranks.Sum(r => r < 10 ? 1 / (r + 1) : 0) / count);
    }
}
