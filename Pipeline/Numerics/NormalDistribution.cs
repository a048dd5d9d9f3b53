namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>The standard normal distribution, and the chi-squared one through it.</summary>
internal static class NormalDistribution
{
    /// <summary>z of two-sided 95% intervals.</summary>
    public const double Z95 = 1.959963984540054;

    /// <summary>P(Z &lt;= <paramref name="z"/>), to about 1e-7 (Abramowitz and Stegun 1964, 26.2.17).</summary>
    public static double Cumulative(double z)
    {
        double t = 1 / (1 + 0.2316419 * Math.Abs(z));
        double tail = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI)
            * t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        return z >= 0 ? 1 - tail : tail;
    }

    /// <summary>
    /// The z with P(Z &lt;= z) = <paramref name="p"/>, by bisection on <see cref="Cumulative"/>; to about 1e-6 where p is not beyond 1e-5 of 0 or 1.
    /// </summary>
    public static double Quantile(double p)
    {
        if (!(p > 0 && p < 1)) throw new ArgumentOutOfRangeException(nameof(p), p, "a probability between 0 and 1");
        double low = -8, high = 8;
        for (int i = 0; i < 80; i++)
        {
            double middle = (low + high) / 2;
            if (Cumulative(middle) < p) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }

    /// <summary>
    /// P(X &gt;= <paramref name="value"/>) of a chi-squared variable, by the cube root (Wilson and Hilferty 1931): to about 1e-2 relative near 1e-3.
    /// </summary>
    public static double ChiSquaredTail(double value, int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        double spread = 2.0 / (9 * degrees);
        return 1 - Cumulative((Math.Cbrt(value / degrees) - (1 - spread)) / Math.Sqrt(spread));
    }
}
