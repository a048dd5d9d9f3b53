using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Spectral;

/// <summary>The leading right singular vectors of a matrix, as columns, and its singular values, descending.</summary>
/// <param name="Vectors">columns of the matrix x rank.</param>
/// <param name="Values">rank singular values above zero.</param>
internal sealed record SingularVectors(FactorMatrix Vectors, float[] Values);

/// <summary>
/// Truncated SVD of a sparse matrix by block subspace iteration from a random start (Halko, Martinsson and Tropp 2011, algorithm 4.4), orthonormalized by
/// <see cref="CholeskyQr"/>, with a Rayleigh-Ritz step at the end.
/// </summary>
internal static class RandomizedSvd
{
    // Columns this near to orthonormal are exactly so, to float32, after one more pass.
    private const double NearlyOrthonormal = 1e-2;
    private const int MaxPasses = 4;

    // Below this share of the largest singular value a direction is noise.
    private const double Negligible = 1e-5;

    /// <param name="matrix">rows x columns.</param>
    /// <param name="rank">Vectors wanted; fewer come back where the matrix has a smaller rank.</param>
    /// <param name="oversampling">Columns of the block beyond <paramref name="rank"/>.</param>
    /// <param name="iterations">Products with the matrix and its transpose.</param>
    public static SingularVectors Right(SparseRows matrix, int rank, int oversampling, int iterations, StageContext context)
    {
        int width = Math.Min(rank + oversampling, Math.Min(matrix.Rows, matrix.Columns));
        var transposed = matrix.Transpose();
        var block = RandomBlock(matrix.Columns, width, context.Seed);
        var spare = new FactorMatrix(matrix.Columns, width);
        var image = new FactorMatrix(matrix.Rows, width);
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            SparseProduct.Multiply(matrix, block, image, context);
            SparseProduct.Multiply(transposed, image, block, context);
            CholeskyQr.Orthonormalize(ref block, ref spare, context);
            context.Progress.Step("svd", iteration + 1, iterations, "iterations");
        }
        // After a single pass columns are orthogonal only to the square root of working precision.
        for (int pass = 0; pass < MaxPasses && CholeskyQr.Orthonormalize(ref block, ref spare, context) > NearlyOrthonormal; pass++)
        {
        }
        SparseProduct.Multiply(matrix, block, image, context);
        return RayleighRitz(block, image, Math.Min(rank, width), context);
    }

    private static FactorMatrix RandomBlock(int rows, int width, ulong seed)
    {
        var block = new FactorMatrix(rows, width);
        var random = new SplitMix64(seed, "svd");
        for (int r = 0; r < rows; r++)
            foreach (ref float x in block.Row(r)) x = (float)random.NextNormal();
        return block;
    }

    private static SingularVectors RayleighRitz(FactorMatrix block, FactorMatrix image, int rank, StageContext context)
    {
        int width = block.Rank;
        var products = Gramian.Of(image, context.Threads, context.Cancellation);
        var (squares, rows) = SymmetricEigen.Leading(products, width, rank, context.Threads, context.Cancellation);
        int kept = 0;
        while (kept < rank && squares[kept] > Negligible * Negligible * squares[0]) kept++;
        var rotation = new FactorMatrix(Math.Max(1, kept), width);
        for (int r = 0; r < kept; r++)
            for (int k = 0; k < width; k++)
                rotation.Row(r)[k] = (float)rows[r * width + k];
        var vectors = new FactorMatrix(block.Rows, Math.Max(1, kept));
        Gemm.MultiplyTransposed(block, rotation, vectors, context.Threads, context.Cancellation);
        var values = new float[Math.Max(1, kept)];
        for (int r = 0; r < kept; r++) values[r] = (float)Math.Sqrt(squares[r]);
        return new SingularVectors(vectors, values);
    }
}
