namespace Recsys.Batch.Pipeline.Feedback.Estimates;

/// <summary>
/// Intervals that hold where clicks are rare. A normal interval takes the error at the estimate; but fewer clicks also make a smaller error, so after an
/// unlucky log it ends too low, and without a click it is a point. Here a value theta is inside where the estimate D is no further from it than chance
/// explains <em>at theta</em> (Wilson 1927): with variance V, skewness from the third cumulant and e = third / second cumulant, the slope of the variance in
/// the mean of an exponential family,
/// <code>
/// -t &lt;= (D - e (t^2 - 1) / 6 - theta) / sqrt(V + e (theta - D)) &lt;= t
/// </code>
/// the second term being the correction for skewness (Bartlett 1953, Cai 2005). For equal weights and rare clicks that is nearly the mid-p interval of a
/// Poisson count; for unequal ones it does what Fay and Feuer (1997) do with gamma quantiles for weighted sums of counts.
/// </summary>
/// <remarks>
/// Three guards, whose constants are those with which the simulation <c>feedback-coverage</c> (Tests/Benchmarks) held its levels. One more click is taken into
/// e, so that without any there is an upper end. As far as few clicks were seen, moments are lifted to those that a model expects (<see cref="ClickMoments"/>).
/// And where users differ by more than rare counts do, t has Satterthwaite's degrees of freedom: V's own variance, given the estimate, is
/// sum s^4 - (sum s^3)^2 / sum s^2 - (sum s^2)^2 / C, zero for equal counts, and seen too small by a factor of about 6 in heavy tails.
/// </remarks>
internal static class RareClickInterval
{
    /// <summary>Effective clicks that the model's moments count for.</summary>
    private const double ModelClicks = 12;

    private const double DegreesShare = 1 / 3.0;

    private const double MinDegrees = 3;

    /// <param name="z">Normal quantile of the level.</param>
    public static EstimatedValue Of(RatioMoments of, ClickMoments clicks, double z)
    {
        if (!double.IsFinite(of.Value)) return EstimatedValue.None;
        if (of.Clusters < 2) return new EstimatedValue(of.Value, 0, double.PositiveInfinity);
        double lifted = ModelClicks / (ModelClicks + clicks.Effective);
        double second = of.Second * (of.Clusters / (of.Clusters - 1.0)), third = of.Third;
        second += lifted * Math.Max(0, clicks.Second - second);
        third += lifted * Math.Max(0, clicks.Third - third);
        double unit = clicks.Unit, more = second + unit * unit;
        double variance = second / (of.Weight * of.Weight);
        double slope = more > 0 ? (third + unit * unit * unit) / more / of.Weight : 0;
        double t = Student(z, Degrees(of));
        double shift = slope * (t * t - 1) / 6;
        double half = t * Math.Sqrt(Math.Max(0, variance - slope * shift + t * t * slope * slope / 4));
        double middle = of.Value - shift + t * t * slope / 2;
        // No list brings less than nothing.
        return new EstimatedValue(of.Value, Math.Max(0, Math.Min(of.Value, middle - half)), Math.Max(of.Value, middle + half));
    }

    /// <summary>Of the variance that was seen, given the estimate.</summary>
    private static double Degrees(RatioMoments of)
    {
        if (!(of.Second > 0)) return double.PositiveInfinity;
        double excess = of.Fourth - of.Third * of.Third / of.Second - of.Second * of.Second / of.Clusters;
        return excess > 1e-9 * of.Fourth ? Math.Max(MinDegrees, DegreesShare * of.Second * of.Second / excess) : double.PositiveInfinity;
    }

    /// <summary>Student's quantile from the normal one (Fisher and Cornish 1960).</summary>
    private static double Student(double z, double degrees)
    {
        if (double.IsPositiveInfinity(degrees)) return z;
        double z2 = z * z;
        return z * (1 + (z2 + 1) / (4 * degrees) + (5 * z2 * z2 + 16 * z2 + 3) / (96 * degrees * degrees));
    }
}
