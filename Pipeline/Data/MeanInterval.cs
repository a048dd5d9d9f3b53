using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Data;

/// <summary>Mean of a sample with its 95% interval, by Student.</summary>
internal static class MeanInterval
{
    /// <param name="sum">Of all values.</param>
    /// <param name="squares">Of all their squares.</param>
    public static Interval Of(double sum, double squares, int count)
    {
        if (count == 0) return new Interval(double.NaN, double.NaN, double.NaN);
        double mean = sum / count;
        if (count == 1) return new Interval(mean, double.NegativeInfinity, double.PositiveInfinity);
        double half = StudentDistribution.Of95(count - 1) * Math.Sqrt(Math.Max(0, squares - sum * mean) / (count - 1) / count);
        return new Interval(mean, mean - half, mean + half);
    }

    /// <summary>Of what each of the same users, in one order, gains from <paramref name="before"/> to <paramref name="after"/>.</summary>
    public static Interval OfGain(double[] before, double[] after)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(after.Length, before.Length);
        double sum = 0, squares = 0;
        for (int user = 0; user < before.Length; user++)
        {
            double gain = after[user] - before[user];
            sum += gain;
            squares += gain * gain;
        }
        return Of(sum, squares, before.Length);
    }
}
