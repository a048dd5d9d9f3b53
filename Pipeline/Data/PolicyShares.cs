namespace Recsys.Batch.Pipeline.Data;

/// <summary>Probabilities as whole shares of <see cref="DiversityPolicy.Whole"/>.</summary>
internal static class PolicyShares
{
    /// <summary>
    /// Rounds by largest remainders, ties to the first: the shares add up exactly, each is at least 1 and less than 1 away from its probability where none is
    /// below 1.
    /// </summary>
    /// <param name="probabilities">Not negative; they are scaled to add up to 1.</param>
    public static int[] Of(ReadOnlySpan<double> probabilities)
    {
        double sum = 0;
        foreach (double p in probabilities)
            sum += p >= 0 && double.IsFinite(p) ? p : throw new ArgumentOutOfRangeException(nameof(probabilities), p, "a probability is a number from 0 up");
        if (!(sum > 0)) throw new ArgumentException("at least one probability is over 0", nameof(probabilities));
        var shares = new int[probabilities.Length];
        var left = new double[probabilities.Length];
        int missing = DiversityPolicy.Whole;
        for (int a = 0; a < shares.Length; a++)
        {
            double exact = probabilities[a] / sum * DiversityPolicy.Whole;
            shares[a] = Math.Max(1, (int)exact);
            left[a] = exact - shares[a];
            missing -= shares[a];
        }
        foreach (int a in Enumerable.Range(0, shares.Length).OrderByDescending(a => left[a]).ThenBy(a => a).Take(Math.Max(0, missing))) shares[a]++;
        // Shares that were lifted to 1 are taken from the largest.
        if (missing < 0) shares[Array.IndexOf(shares, shares.Max())] += missing;
        return shares;
    }
}
