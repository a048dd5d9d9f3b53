using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Als;

/// <summary>
/// iALS++ (Rendle, Krichene, Zhang and Koren 2021): one exact Newton step on each block of dimensions in turn, given the scores of a row's pairs, which are
/// kept up to date. With B dimensions a block, K B operations a pair and K^2 + K B^2 / 3 a row; with B = K it is the exact solve.
/// </summary>
internal sealed unsafe class SubspaceSolver(int blockWidth) : IAlsSolver
{
    private const int ChunkRows = 64;

    public void Solve(AlsSystems systems, AlsWorkspace workspace)
    {
        int width = systems.Width;
        int count = systems.Count;
        float* x = workspace.Get(0, (long)count * width);
        long pairCount = 0;
        for (int u = 0; u < count; u++)
        {
            var row = new Span<float>(x + (nint)u * width, width);
            var pairs = systems.Pairs(u);
            pairCount += pairs.Count;
            if (pairs.Count == 0) row.Clear();
            else new ReadOnlySpan<float>(systems.Target(u), width).CopyTo(row);
        }
        float* scores = workspace.Get(1, pairCount);
        float* at = scores;
        for (int u = 0; u < count; u++)
        {
            var pairs = systems.Pairs(u);
            for (int j = 0; j < pairs.Count; j++) *at++ = VectorMath.Dot(pairs.Level, pairs.Row(j), x + (nint)u * width, width);
        }

        float* product = workspace.Get(2, (long)count * blockWidth);
        for (int column = 0; column < width; column += blockWidth)
        {
            int block = Math.Min(blockWidth, width - column);
            Gemm.Multiply(
                systems.Level,
                new MatrixView(x, count, width, width),
                systems.Gram.View.Part(0, column, width, block),
                new MatrixView(product, count, block, block));
            at = scores;
            for (int u = 0; u < count; u++)
            {
                var pairs = systems.Pairs(u);
                if (pairs.Count > 0)
                {
                    Step(
                        pairs, systems.Gram, systems.RegularizationOf(u), column, block, x + (nint)u * width + column, product + (nint)u * block, at, workspace,
                        systems.RowOf(u));
                }
                at += pairs.Count;
            }
        }
        for (int u = 0; u < count; u++) new ReadOnlySpan<float>(x + (nint)u * width, width).CopyTo(new Span<float>(systems.Target(u), width));
    }

    /// <summary>x_block += H^-1 (sum_j w_j (1 - s_j) v_j - alpha0 V^T V x - lambda x), then the scores follow.</summary>
    private static void Step(
        GatheredRows pairs, AlsGram gram, float regularization, int column, int block, float* x, float* product, float* scores, AlsWorkspace workspace, int row)
    {
        float* delta = product;
        float* coefficients = workspace.Get(3, pairs.Count);
        for (int k = 0; k < block; k++) delta[k] = -delta[k] - regularization * x[k];
        for (int j = 0; j < pairs.Count; j++) coefficients[j] = pairs.Weight(j) * (1 - scores[j]);
        pairs.AddScaled(coefficients, column, delta, block);

        int rank = (int)Math.Sqrt(gram.Exact.Length);
        float* hessian = workspace.Get(4, (long)block * block);
        for (int k = 0; k < block; k++)
        {
            gram.Scaled.AsSpan((column + k) * gram.Width + column, block).CopyTo(new Span<float>(hessian + (nint)k * block, block));
            if (column + k < rank) hessian[(nint)k * block + k] += regularization;
            else hessian[(nint)k * block + k] = 1;
        }
        CholeskySolver.AddPairs(pairs, column, block, hessian, workspace.Get(5, ChunkRows * (long)block));
        int failed = SmallCholesky.Factor(pairs.Level, hessian, block);
        if (failed >= 0)
            throw new RunFailedException(
                $"ALS: the block system of row {row} ({pairs.Count} pairs) is not positive definite at dimension {column + failed}: factors have grown out of "
                + $"float32 or the regularization is too small; raise Regularization or lower ConfidenceScale");
        SmallCholesky.Solve(pairs.Level, hessian, block, delta);
        VectorMath.Axpy(pairs.Level, 1, delta, x, block);
        for (int j = 0; j < pairs.Count; j++) scores[j] += VectorMath.Dot(pairs.Level, pairs.Row(j) + column, delta, block);
    }
}
