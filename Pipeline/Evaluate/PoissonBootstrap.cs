using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>
/// Percentile bootstrap of column means over users. Instead of drawing n users with replacement, every user gets an independent Poisson(1) weight in every
/// replicate (Chamandy et al. 2012), a hash of (seed, user, replicate): rows are read once and in order, and the replicates of two tables over the
/// same users are paired. A NaN is a value that the user does not have; it has no part in the mean.
/// </summary>
internal sealed class PoissonBootstrap
{
    private const int ReplicatesAtOnce = 32;

    // Cumulative probabilities of Poisson(1) as 32-bit thresholds: the weight is how many of them a uniform number reaches.
    private static readonly uint[] Cumulative = MakeCumulative();

    private readonly double[][] _replicates;

    private PoissonBootstrap(double[] means, int[] counts, double[][] replicates)
    {
        Means = means;
        Counts = counts;
        _replicates = replicates;
    }

    public double[] Means { get; }

    /// <summary>Users with a value, per column.</summary>
    public int[] Counts { get; }

    /// <param name="values">users x columns, row-major.</param>
    /// <param name="replicates">Replicates (B), 1 up.</param>
    /// <param name="threads">Results do not depend on it.</param>
    public static PoissonBootstrap Of(float[] values, int columns, int replicates, ulong seed, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length % columns, 0);
        var (means, counts) = MeanAndCount(values, columns);
        var result = new double[columns][];
        for (int c = 0; c < columns; c++) result[c] = new double[replicates];
        int chunks = (replicates + ReplicatesAtOnce - 1) / ReplicatesAtOnce;
        Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = threads }, chunk =>
        {
            int first = chunk * ReplicatesAtOnce;
            Fill(values, columns, counts, means, seed, first, Math.Min(ReplicatesAtOnce, replicates - first), result);
        });
        return new PoissonBootstrap(means, counts, result);
    }

    /// <summary>A column's mean with the 2.5% and 97.5% quantiles of its replicates.</summary>
    public Interval Mean(int column) => Quantiles(Means[column], _replicates[column]);

    /// <summary>The ratio of two columns' means over the same users, replicate by replicate: a mean over what users have several of.</summary>
    public Interval Ratio(int numerator, int denominator) => Figure(mean => mean(numerator) / mean(denominator));

    /// <summary>Any figure of the columns' means (a ratio of sums, say) with the quantiles of what it is in each replicate.</summary>
    /// <param name="of">Gets the mean of a column.</param>
    public Interval Figure(Func<Func<int, double>, double> of)
    {
        var replicates = new double[_replicates[0].Length];
        for (int b = 0; b < replicates.Length; b++) replicates[b] = of(column => _replicates[column][b]);
        return Quantiles(of(column => Means[column]), replicates);
    }

    /// <summary>The difference of two means over the same users, replicate by replicate.</summary>
    public static Interval Difference(PoissonBootstrap a, int columnOfA, PoissonBootstrap b, int columnOfB)
    {
        var differences = new double[a._replicates[columnOfA].Length];
        TensorPrimitives.Subtract<double>(a._replicates[columnOfA], b._replicates[columnOfB], differences);
        return Quantiles(a.Means[columnOfA] - b.Means[columnOfB], differences);
    }

    private static (double[] Means, int[] Counts) MeanAndCount(float[] values, int columns)
    {
        var means = new double[columns];
        var counts = new int[columns];
        for (int at = 0; at < values.Length; at++)
        {
            if (float.IsNaN(values[at])) continue;
            means[at % columns] += values[at];
            counts[at % columns]++;
        }
        for (int c = 0; c < columns; c++) means[c] = counts[c] == 0 ? double.NaN : means[c] / counts[c];
        return (means, counts);
    }

    private static void Fill(float[] values, int columns, int[] counts, double[] means, ulong seed, int first, int count, double[][] result)
    {
        int rows = values.Length / columns;
        // Only columns with a gap need a denominator of their own; it stands behind the sums, and the last place counts all users.
        var gaps = Enumerable.Range(0, columns).Where(c => counts[c] < rows).ToArray();
        int width = columns + gaps.Length + 1;
        var row = new double[width];
        var sums = new double[count * width];
        for (int u = 0; u < rows; u++)
        {
            var source = values.AsSpan(u * columns, columns);
            TensorPrimitives.ConvertTruncating<float, double>(source, row.AsSpan(0, columns));
            for (int g = 0; g < gaps.Length; g++)
            {
                bool present = !float.IsNaN(source[gaps[g]]);
                row[columns + g] = present ? 1 : 0;
                if (!present) row[gaps[g]] = 0;
            }
            row[^1] = 1;
            for (int b = 0; b < count; b += 2)
            {
                ulong bits = Mix(seed, (ulong)u, (ulong)(first + b) / 2);
                AddWeighted(row, Weight((uint)bits), sums.AsSpan(b * width, width));
                if (b + 1 < count) AddWeighted(row, Weight((uint)(bits >> 32)), sums.AsSpan((b + 1) * width, width));
            }
        }
        for (int b = 0; b < count; b++)
        {
            var replicate = sums.AsSpan(b * width, width);
            for (int c = 0; c < columns; c++)
            {
                int gap = Array.IndexOf(gaps, c);
                double weight = gap < 0 ? replicate[^1] : replicate[columns + gap];
                result[c][first + b] = weight > 0 ? replicate[c] / weight : means[c];
            }
        }
    }

    private static void AddWeighted(double[] row, int weight, Span<double> sums)
    {
        if (weight == 0) return;
        if (weight == 1) TensorPrimitives.Add(sums, row, sums);
        else TensorPrimitives.MultiplyAdd(row, weight, sums, sums);
    }

    private static int Weight(uint uniform)
    {
        int weight = 0;
        while (weight < Cumulative.Length && uniform >= Cumulative[weight]) weight++;
        return weight;
    }

    // SplitMix64's finalizer (Steele, Lea and Flood 2014) over a combination of the three.
    private static ulong Mix(ulong seed, ulong user, ulong replicate)
    {
        ulong z = seed + (user + 1) * 0x9E37_79B9_7F4A_7C15UL + (replicate + 1) * 0xD1B5_4A32_D192_ED03UL;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EBUL;
        z ^= z >> 31;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9UL;
        return z ^ (z >> 27);
    }

    private static Interval Quantiles(double value, double[] replicates)
    {
        if (double.IsNaN(value)) return new Interval(double.NaN, double.NaN, double.NaN);
        var sorted = (double[])replicates.Clone();
        Array.Sort(sorted);
        return new Interval(value, At(sorted, 0.025), At(sorted, 0.975));
    }

    private static double At(double[] sorted, double quantile)
    {
        double place = quantile * (sorted.Length - 1);
        int below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]) : sorted[below];
    }

    private static uint[] MakeCumulative()
    {
        var thresholds = new List<uint>();
        double term = Math.Exp(-1), sum = 0;
        for (int k = 0; ; k++)
        {
            sum += term;
            term /= k + 1;
            double scaled = sum * 4294967296.0;
            if (scaled >= uint.MaxValue) return [.. thresholds];
            thresholds.Add((uint)scaled);
        }
    }
}
