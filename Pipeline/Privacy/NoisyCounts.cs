using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Privacy;

/// <summary>Pairs of items and how many customers have both, with noise; in ascending order.</summary>
internal sealed record NoisyPairs(int[] First, int[] Second, double[] Counts);

/// <summary>
/// How many customers have an item, or both of two, such that no table made of it says whether any one of them is among them: each customer counts for
/// <see cref="PrivacyOptions.MaxItems"/> items at most, and Gaussian noise hides that much. Counts are rounded to whole customers, which also hides the last
/// bits of the noise (Mironov 2012).
/// </summary>
/// <param name="rho">What one release may cost.</param>
internal sealed class NoisyCounts(PrivacyOptions options, KeyedNoise noise, double rho)
{
    /// <summary>The pairs that count: of a customer with more, those of most weight, of equals the smaller index.</summary>
    /// <returns>Of each user the items, ascending.</returns>
    public int[][] Clipped(InteractionMatrix interactions)
    {
        var rows = interactions.ByUser;
        var clipped = new int[rows.Rows][];
        for (int user = 0; user < rows.Rows; user++)
        {
            int[] items = rows.RowIndices(user).ToArray();
            if (items.Length > options.MaxItems)
            {
                float[] weights = [.. rows.RowValues(user).ToArray().Select(w => -w)];
                Array.Sort(weights, items, Comparer<float>.Default);
                // Equal weights come in no order from a sort: the smaller index first.
                float last = weights[options.MaxItems - 1];
                int[] surely = [.. items.Take(options.MaxItems).Where((_, i) => weights[i] < last)];
                items = [.. surely.Concat(items.Where((_, i) => weights[i] == last).Order().Take(options.MaxItems - surely.Length)).Order()];
            }
            clipped[user] = items;
        }
        return clipped;
    }

    /// <summary>Customers of each item, of those users alone that are named; every item of the catalog has a count, bought or not.</summary>
    /// <param name="counts">Zeros, one an item.</param>
    /// <param name="stream">A number for each release of the same work.</param>
    public double[] Items(int[][] clipped, IEnumerable<int> users, double[] counts, long stream)
    {
        foreach (int user in users)
            foreach (int item in clipped[user]) counts[item]++;
        double deviation = Concentrated.Deviation(Math.Sqrt(options.MaxItems), rho);
        using var draws = noise.Stream(stream).GetEnumerator();
        for (int i = 0; i < counts.Length; i++) counts[i] = Math.Max(0, Math.Round(counts[i] + deviation * Next(draws)));
        return counts;
    }

    /// <summary>
    /// Customers of each pair that somebody has. A pair that one customer alone has is released with probability <see cref="PrivacyOptions.Delta"/> / 2 at
    /// most: the count must be above what noise reaches (Korolova, Kenthapadi, Mishra and Ntoulas 2009; the Gaussian form in Wilkins, Kifer, Zhang and Karrer
    /// 2024).
    /// </summary>
    public NoisyPairs Pairs(int[][] clipped, int items, int threads)
    {
        long most = (long)options.MaxItems * (options.MaxItems - 1) / 2;
        double deviation = Concentrated.Deviation(Math.Sqrt(most), rho);
        double least = 1 + Concentrated.Ceiling(deviation, most, options.Delta / 2);
        var buyers = Buyers(clipped, items);
        var found = new List<(int Second, double Count)>[items];
        Parallel.For(0, items, new ParallelOptions { MaxDegreeOfParallelism = threads }, () => new int[items], (first, _, counts) =>
        {
            var seen = new List<int>();
            foreach (int user in buyers[first])
            {
                foreach (int second in clipped[user])
                {
                    if (second <= first) continue;
                    if (counts[second]++ == 0) seen.Add(second);
                }
            }
            seen.Sort();
            var kept = found[first] = [];
            using var draws = noise.Stream(long.MaxValue - first).GetEnumerator();
            foreach (int second in seen)
            {
                double count = Math.Round(counts[second] + deviation * Next(draws));
                if (count >= least) kept.Add((second, count));
                counts[second] = 0;
            }
            return counts;
        }, _ => { });
        return new NoisyPairs(
            [.. found.SelectMany((kept, first) => kept.Select(_ => first))], [.. found.SelectMany(kept => kept.Select(k => k.Second))],
            [.. found.SelectMany(kept => kept.Select(k => k.Count))]);
    }

    private static List<int>[] Buyers(int[][] clipped, int items)
    {
        List<int>[] buyers = [.. Enumerable.Range(0, items).Select(_ => new List<int>())];
        for (int user = 0; user < clipped.Length; user++)
            foreach (int item in clipped[user]) buyers[item].Add(user);
        return buyers;
    }

    private static double Next(IEnumerator<double> draws) => draws.MoveNext() ? draws.Current : throw new InvalidOperationException("the stream has no end");
}
