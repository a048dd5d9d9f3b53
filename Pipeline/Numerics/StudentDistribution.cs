namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>Student's t distribution.</summary>
internal static class StudentDistribution
{
    /// <summary>
    /// The t of two-sided 95% intervals, by Fisher's expansion about the normal one (Abramowitz and Stegun 1964, 26.7.5): to 1e-3 from 4 degrees on.
    /// </summary>
    public static double Of95(double degrees)
    {
        if (!(degrees >= 1)) throw new ArgumentOutOfRangeException(nameof(degrees), degrees, "1 or more");
        double z = NormalDistribution.Z95, z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z, z9 = z7 * z * z;
        return z + (z3 + z) / (4 * degrees)
            + (5 * z5 + 16 * z3 + 3 * z) / (96 * Math.Pow(degrees, 2))
            + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * Math.Pow(degrees, 3))
            + (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) / (92_160 * Math.Pow(degrees, 4));
    }
}
