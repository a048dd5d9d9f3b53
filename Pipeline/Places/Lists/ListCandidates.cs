using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Places.Lists;

/// <summary>The best items of one list, from which the diversifier chooses, best first; of equals the earlier item.</summary>
internal readonly record struct ListCandidates(int[] Items, double[] Scores)
{
    /// <param name="score">NaN leaves the item out.</param>
    public static ListCandidates Of(IEnumerable<int> items, Func<int, double> score, int depth)
    {
        // The worst first, so that a better one takes its place.
        var best = new PriorityQueue<int, (double Score, int Item)>(
            Comparer<(double Score, int Item)>.Create((a, b) => a.Score == b.Score ? b.Item.CompareTo(a.Item) : a.Score.CompareTo(b.Score)));
        foreach (int item in items)
        {
            double own = score(item);
            if (double.IsNaN(own)) continue;
            if (best.Count < depth) best.Enqueue(item, (own, item));
            else best.EnqueueDequeue(item, (own, item));
        }
        var (found, scores) = (new int[best.Count], new double[best.Count]);
        while (best.TryDequeue(out int item, out var priority))
        {
            int at = best.Count;
            (found[at], scores[at]) = (item, priority.Score);
        }
        return new ListCandidates(found, scores);
    }

    /// <summary>Each list diversified as every list of the night is, as items with the scores that they came with.</summary>
    /// <param name="length">Entries a list.</param>
    /// <param name="isShelf">Whether each list is of one shelf by what was asked for.</param>
    /// <param name="relevance">What the diversifier weighs of a score; null: the score.</param>
    public static IReadOnlyList<(int Item, double Score)>[] Diversified(
        IReadOnlyList<ListCandidates> lists, int depth, int length, PlaceInputs inputs, bool isShelf = false, Func<double, double>? relevance = null)
    {
        var made = new IReadOnlyList<(int Item, double Score)>[lists.Count];
        foreach (int[] piece in Enumerable.Range(0, lists.Count).Chunk(CandidateBlock.MaxUsers))
        {
            var block = new CandidateBlock([.. piece.Select((_, at) => at)], depth);
            for (int u = 0; u < piece.Length; u++)
            {
                var (items, scores) = lists[piece[u]];
                block.Counts[u] = items.Length;
                for (int k = 0; k < items.Length; k++)
                {
                    int at = u * depth + k;
                    float score = (float)(relevance is null ? scores[k] : relevance(scores[k]));
                    (block.Items[at], block.Scores[at], block.Sources[at]) = (items[k], score, CandidateSource.Popular);
                }
            }
            var chosen = inputs.Diversify(block, length, isShelf);
            for (int u = 0; u < piece.Length; u++)
            {
                var (items, scores) = lists[piece[u]];
                made[piece[u]] =
                [
                    .. chosen.Items.AsSpan(chosen.Offsets[u]..chosen.Offsets[u + 1]).ToArray().Select(i => (i, scores[Array.IndexOf(items, i)])),
                ];
            }
        }
        return made;
    }
}
