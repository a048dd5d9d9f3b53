using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Feedback.Estimates;

/// <summary>
/// Whether the lists that were seen follow the probabilities with which they were drawn (a check on the sample ratio, Fabijan et al. 2019). Where they do not,
/// being seen or being logged depends on the arm, and no estimate means anything.
/// </summary>
internal static class DrawCheck
{
    /// <summary>Cells that are expected to hold fewer users are left out, as the approximation wants it.</summary>
    private const double MinExpected = 5;

    /// <summary>P-value of Pearson's chi-squared over the draws' policies and contexts.</summary>
    /// <param name="draws">Distinct draws: users by policy, context and arm. A user who saw several versions of one policy drew once.</param>
    /// <param name="probabilities">By policy, context and arm.</param>
    /// <returns>1 where there are too few draws to tell.</returns>
    public static double PValue(IReadOnlyList<int[][]> draws, IReadOnlyList<double[][]> probabilities)
    {
        double statistic = 0;
        int degrees = 0;
        for (int policy = 0; policy < draws.Count; policy++)
        {
            for (int x = 0; x < draws[policy].Length; x++)
            {
                int users = draws[policy][x].Sum();
                int cells = 0;
                double covered = 0;
                for (int a = 0; a < draws[policy][x].Length; a++)
                {
                    double expected = users * probabilities[policy][x][a];
                    if (expected < MinExpected) continue;
                    cells++;
                    covered += probabilities[policy][x][a];
                    statistic += (draws[policy][x][a] - expected) * (draws[policy][x][a] - expected) / expected;
                }
                degrees += covered > 1 - 1e-9 ? Math.Max(0, cells - 1) : cells;
            }
        }
        return degrees == 0 ? 1 : NormalDistribution.ChiSquaredTail(statistic, degrees);
    }
}
