namespace Recsys.Batch.Pipeline.Privacy;

/// <summary>
/// Zero-concentrated differential privacy (Bun and Steinke 2016): what is released with Gaussian noise costs rho, costs of many releases add up, and their sum
/// says which (epsilon, delta) holds for all of them together.
/// </summary>
internal static class Concentrated
{
    /// <summary>The rho that (epsilon, delta) allows: epsilon = rho + 2 sqrt(rho ln(1/delta)), proposition 1.3, solved for rho.</summary>
    public static double Rho(double epsilon, double delta)
    {
        double log = Math.Log(1 / delta);
        double root = Math.Sqrt(log + epsilon) - Math.Sqrt(log);
        return root * root;
    }

    public static double Epsilon(double rho, double delta) => rho + 2 * Math.Sqrt(rho * Math.Log(1 / delta));

    /// <summary>
    /// Standard deviation of the noise on counts that one person moves by at most <paramref name="reach"/> in Euclidean length (proposition 1.6).
    /// </summary>
    public static double Deviation(double reach, double rho) => reach / Math.Sqrt(2 * rho);

    /// <summary>
    /// What none of <paramref name="counts"/> draws of that noise exceeds, but with probability <paramref name="delta"/>: by the bound P(Z &gt; z) &lt;=
    /// exp(-z^2 / 2) / 2 and the sum over all.
    /// </summary>
    public static double Ceiling(double deviation, long counts, double delta) => deviation * Math.Sqrt(2 * Math.Log(Math.Max(1, counts / (2 * delta))));
}
