using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>
/// How lists share their places out among the items: coverage and the Gini coefficient. Lists are dealt to ten groups so that both have a
/// standard error by the delete-a-group jackknife (Kott 2001): a bootstrap over users would lose coverage with every user it draws twice.
/// Memory: 10 x items x 4 bytes.
/// </summary>
internal sealed class Exposure(int items)
{
    internal const int Groups = 10;

    private readonly int[] _counts = new int[Groups * items];

    /// <summary>Adds list number <paramref name="number"/>; safe to call from many threads.</summary>
    public void Add(int number, ReadOnlySpan<int> list)
    {
        int group = number % Groups * items;
        foreach (int item in list) Interlocked.Increment(ref _counts[group + item]);
    }

    /// <summary>Share of items that stand on any list.</summary>
    public Interval Coverage() => Jackknife(static counts =>
    {
        int shown = 0;
        foreach (int c in counts)
            if (c > 0) shown++;
        return counts.Length == 0 ? double.NaN : (double)shown / counts.Length;
    });

    /// <summary>
    /// Gini coefficient of the items' numbers of places: 0 where all have the same, towards 1 where one has all. NaN where no place was given.
    /// </summary>
    public Interval Gini() => Jackknife(static counts =>
    {
        var sorted = (int[])counts.Clone();
        Array.Sort(sorted);
        double sum = 0, weighted = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            sum += sorted[i];
            weighted += (2.0 * (i + 1) - sorted.Length - 1) * sorted[i];
        }
        return sum == 0 ? double.NaN : weighted / (sorted.Length * sum);
    });

    private Interval Jackknife(Func<int[], double> statistic)
    {
        var counts = new int[items];
        for (int at = 0; at < _counts.Length; at++) counts[at % items] += _counts[at];
        double value = statistic(counts);
        double mean = 0;
        var without = new double[Groups];
        for (int group = 0; group < Groups; group++)
        {
            for (int i = 0; i < items; i++) counts[i] -= _counts[group * items + i];
            without[group] = statistic(counts);
            for (int i = 0; i < items; i++) counts[i] += _counts[group * items + i];
            mean += without[group] / Groups;
        }
        double variance = 0;
        foreach (double w in without) variance += (w - mean) * (w - mean) * (Groups - 1) / Groups;
        double half = 1.959964 * Math.Sqrt(variance);
        return new Interval(value, Math.Max(0, value - half), Math.Min(1, value + half));
    }
}
