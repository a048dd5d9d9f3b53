using System.Buffers.Binary;
using System.Security.Cryptography;
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
    /// <summary>What of delta one table may use: half is for the noise, and four tables share the other half.</summary>
    private readonly double _delta = options.Delta / 8;

    /// <summary>
    /// A number for each item that depends on its id alone: its index depends on who bought what first, and one customer would change for which items the
    /// others count.
    /// </summary>
    public static ulong[] Ties(IdMap items)
    {
        var ties = new ulong[items.Count];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        for (int i = 0; i < ties.Length; i++)
        {
            SHA256.HashData(items[i], hash);
            ties[i] = BinaryPrimitives.ReadUInt64LittleEndian(hash);
        }
        return ties;
    }

    /// <summary>The pairs that count: of a customer with more, those of most weight, of equals those of the smaller tie.</summary>
    /// <param name="ties"><see cref="Ties"/> of the items.</param>
    /// <returns>Of each user the items, ascending.</returns>
    public int[][] Clipped(InteractionMatrix interactions, ulong[] ties)
    {
        var rows = interactions.ByUser;
        var clipped = new int[rows.Rows][];
        for (int user = 0; user < rows.Rows; user++)
        {
            int[] items = rows.RowIndices(user).ToArray();
            if (items.Length > options.MaxItems)
            {
                float[] weights = rows.RowValues(user).ToArray();
                int[] order = [.. Enumerable.Range(0, items.Length).OrderByDescending(i => weights[i]).ThenBy(i => ties[items[i]]).Take(options.MaxItems)];
                items = [.. order.Select(i => items[i]).Order()];
            }
            clipped[user] = items;
        }
        return clipped;
    }

    /// <summary>
    /// Customers of each item, of those users alone that are named. Below the threshold, under which also <see cref="Pairs"/> says nothing, the count is 0:
    /// that an item is there at all may hang on one customer.
    /// </summary>
    /// <param name="counts">Zeros, one an item.</param>
    /// <param name="stream">A number for each release of the same work.</param>
    public double[] Items(int[][] clipped, IEnumerable<int> users, double[] counts, long stream)
    {
        foreach (int user in users)
            foreach (int item in clipped[user]) counts[item]++;
        double deviation = Concentrated.Deviation(Math.Sqrt(options.MaxItems), rho);
        using var draws = noise.Stream(stream).GetEnumerator();
        double least = 1 + Concentrated.Ceiling(deviation, options.MaxItems, _delta);
        for (int i = 0; i < counts.Length; i++)
        {
            double count = counts[i] + deviation * Next(draws);
            counts[i] = count >= least ? Math.Round(count) : 0;
        }
        return counts;
    }

    /// <summary>
    /// Customers of each pair that somebody has. A pair that one customer alone has is released with probability <see cref="PrivacyOptions.Delta"/> / 8 at
    /// most: the count must be above what noise reaches (Korolova, Kenthapadi, Mishra and Ntoulas 2009; the Gaussian form in Wilkins, Kifer, Zhang and Karrer
    /// 2024).
    /// </summary>
    public NoisyPairs Pairs(int[][] clipped, int items, int threads)
    {
        long most = (long)options.MaxItems * (options.MaxItems - 1) / 2;
        double deviation = Concentrated.Deviation(Math.Sqrt(most), rho);
        double least = 1 + Concentrated.Ceiling(deviation, most, _delta);
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
                double count = counts[second] + deviation * Next(draws);
                if (count >= least) kept.Add((second, Math.Round(count)));
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
