using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Neighbors;

/// <summary>
/// Neighbors from counts alone: the cosine of two items is the number of customers who have both over the root of the product of those who have each. What the
/// counts do not say, no neighbor says; so counts with noise give neighbors that cost nothing more.
/// </summary>
internal sealed class CountedNeighbors(NeighborsOptions options, Catalog catalog)
{
    /// <param name="first">Smaller items of the pairs; likewise <paramref name="second"/> and <paramref name="counts"/>.</param>
    /// <param name="customers">Customers of each item.</param>
    public NeighborLists Of(int[] first, int[] second, double[] counts, double[] customers)
    {
        var pairs = new List<(int Item, float Score)>[catalog.Items];
        for (int item = 0; item < pairs.Length; item++) pairs[item] = [];
        for (int p = 0; p < first.Length; p++)
        {
            float score = (float)Math.Min(1, counts[p] / Math.Sqrt(Math.Max(1, customers[first[p]]) * Math.Max(1, customers[second[p]])));
            pairs[first[p]].Add((second[p], score));
            pairs[second[p]].Add((first[p], score));
        }
        return Best(NeighborLists.Cf, pairs);
    }

    /// <summary>Both lists of each item as one: <c>(1 - w) cf + w text</c>, where what is not on a list counts nothing there.</summary>
    public NeighborLists Blend(NeighborLists cf, NeighborLists text)
    {
        var pairs = new List<(int Item, float Score)>[catalog.Items];
        for (int item = 0; item < pairs.Length; item++)
        {
            var sum = new SortedDictionary<int, double>();
            foreach (var (list, weight) in new[] { (cf, 1 - options.TextWeight), (text, options.TextWeight) })
                for (int at = list.Offsets[item]; at < list.Offsets[item + 1]; at++)
                    sum[list.Items[at]] = sum.GetValueOrDefault(list.Items[at]) + weight * list.Scores[at];
            pairs[item] = [.. sum.Select(s => (s.Key, (float)s.Value))];
        }
        return Best(NeighborLists.Blend, pairs);
    }

    private NeighborLists Best(string source, List<(int Item, float Score)>[] pairs)
    {
        var offsets = new int[pairs.Length + 1];
        var items = new List<int>();
        var scores = new List<float>();
        var heap = new NearestItemsHeap(options.Count);
        var best = new (int Item, float Score)[options.Count];
        for (int item = 0; item < pairs.Length; item++)
        {
            heap.Clear();
            ulong own = options.DistinctText ? catalog.TextHashes[item] : 0;
            foreach (var (other, score) in pairs[item].OrderBy(p => p.Item))
            {
                ulong hash = options.DistinctText ? catalog.TextHashes[other] : 0;
                if (score < options.MinScore || !catalog.Available[other] || (hash != 0 && hash == own)) continue;
                if (heap.Wants(other, score)) heap.Add(other, score, hash);
            }
            foreach (var (other, score) in best.AsSpan(0, heap.CopyTo(best)))
            {
                items.Add(other);
                scores.Add(score);
            }
            offsets[item + 1] = items.Count;
        }
        return new NeighborLists(source, offsets, [.. items], [.. scores]);
    }
}
