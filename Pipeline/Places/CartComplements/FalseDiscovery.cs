namespace Recsys.Batch.Pipeline.Places.CartComplements;

/// <summary>The step-up procedures that hold the expected share of chance among discoveries.</summary>
internal static class FalseDiscovery
{
    /// <summary>The largest logarithm of a probability that is a discovery; negative infinity where none is.</summary>
    /// <param name="logs">ln p of the tests that may be discoveries, in any order; those above the rate may be left out.</param>
    /// <param name="tests">How many tests there are in all.</param>
    public static double Threshold(double[] logs, long tests, double rate, DiscoveryControl control)
    {
        double[] sorted = [.. logs];
        Array.Sort(sorted);
        double perTest = Math.Log(rate) - Math.Log(Math.Max(1, tests));
        if (control == DiscoveryControl.BenjaminiYekutieli) perTest -= Math.Log(Harmonic(tests));
        for (int i = sorted.Length - 1; i >= 0; i--)
            if (sorted[i] <= perTest + Math.Log(i + 1)) return sorted[i];
        return double.NegativeInfinity;
    }

    /// <summary>1 + 1/2 + ... + 1/n.</summary>
    private static double Harmonic(long n)
    {
        double sum = 0;
        long head = Math.Min(n, 1_000);
        for (long i = 1; i <= head; i++) sum += 1.0 / i;
        // Euler and Maclaurin, far below a double's last digit from a thousand on.
        return n == head ? sum : sum + Math.Log((double)n / head) + 0.5 * (1.0 / n - 1.0 / head);
    }
}
