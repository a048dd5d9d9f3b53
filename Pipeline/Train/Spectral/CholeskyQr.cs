using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Spectral;

/// <summary>Orthonormal columns of a tall matrix by Cholesky QR (Yamamoto et al. 2015), which is nothing but matrix products.</summary>
internal static class CholeskyQr
{
    // Added to the diagonal, as a share of its mean: float32 products of dependent columns are no more exact than that. Raised tenfold until there is a
    // Cholesky factor.
    private const double MinShift = 1e-7;
    private const double LargestShift = 1e-2;

    /// <summary>Q = Y L^-T with L L^T = Y^T Y.</summary>
    /// <param name="block">Y; then Q.</param>
    /// <param name="spare">A matrix of the same shape; then what <paramref name="block"/> was.</param>
    /// <returns>How far the squared norm of a column of Y was from 1, at most.</returns>
    public static double Orthonormalize(ref FactorMatrix block, ref FactorMatrix spare, StageContext context)
    {
        int n = block.Rank;
        var gram = Gramian.Of(block, context.Threads, context.Cancellation);
        double trace = 0;
        double farthest = 0;
        for (int i = 0; i < n; i++)
        {
            trace += gram[i * n + i];
            farthest = Math.Max(farthest, Math.Abs(gram[i * n + i] - 1));
        }
        DoubleCholesky? factor = null;
        double shift = 0;
        for (double wanted = MinShift; factor is null && wanted <= LargestShift; wanted *= 10)
        {
            for (int i = 0; i < n; i++) gram[i * n + i] += (wanted - shift) * trace / n;
            shift = wanted;
            factor = DoubleCholesky.Factor(gram, n);
        }
        if (factor is null)
        {
            throw new RunFailedException(
                $"a block of {n} columns cannot be orthonormalized: its products are not finite or all zero; "
                + $"check that the interactions' weights are positive and finite");
        }
        Gemm.MultiplyTransposed(block, TriangularInverse.Of(factor, context), spare, context.Threads, context.Cancellation);
        (block, spare) = (spare, block);
        return farthest;
    }
}
