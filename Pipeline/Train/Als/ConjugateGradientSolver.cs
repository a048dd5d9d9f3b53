using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Als;

/// <summary>
/// A few conjugate gradient steps from the present factors (Takacs, Pilaszy and Tikk 2011). The dense part of the product, alpha0 V^T V p, is one
/// matrix product for all rows of a piece; only the pairs' part is done row by row.
/// </summary>
internal sealed unsafe class ConjugateGradientSolver(int steps) : IAlsSolver
{
    // Squares smaller than this lose bits to underflow, and with them the step lengths.
    private const float Converged = 1e-30f;

    public void Solve(AlsSystems systems, AlsWorkspace workspace)
    {
        int width = systems.Width;
        int count = systems.Count;
        float* x = workspace.Get(0, (long)count * width);
        float* residual = workspace.Get(1, (long)count * width);
        float* direction = workspace.Get(2, (long)count * width);
        float* product = workspace.Get(3, (long)count * width);
        float* squares = workspace.Get(4, count);
        var gram = systems.Gram.View;
        var products = new MatrixView(product, count, width, width);

        for (int u = 0; u < count; u++) new ReadOnlySpan<float>(systems.Target(u), width).CopyTo(new Span<float>(x + (nint)u * width, width));
        Gemm.Multiply(systems.Level, new MatrixView(x, count, width, width), gram, products);
        for (int u = 0; u < count; u++) squares[u] = Start(systems, u, x, product, residual, direction, width);
        for (int step = 0; step < steps; step++)
        {
            Gemm.Multiply(systems.Level, new MatrixView(direction, count, width, width), gram, products);
            for (int u = 0; u < count; u++)
            {
                nint at = (nint)u * width;
                squares[u] = Step(systems.Pairs(u), systems.RegularizationOf(u), squares[u], x + at, product + at, residual + at, direction + at, width);
            }
        }
        for (int u = 0; u < count; u++) new ReadOnlySpan<float>(x + (nint)u * width, width).CopyTo(new Span<float>(systems.Target(u), width));
    }

    /// <summary>r = b - A x, p = r; a row without pairs has the solution 0.</summary>
    /// <returns>|r|^2, or 0 where nothing is left to do.</returns>
    private static float Start(AlsSystems systems, int u, float* allX, float* allProducts, float* allResiduals, float* allDirections, int width)
    {
        nint at = (nint)u * width;
        float* x = allX + at;
        float* product = allProducts + at;
        float* residual = allResiduals + at;
        float* direction = allDirections + at;
        var pairs = systems.Pairs(u);
        new Span<float>(residual, width).Clear();
        new Span<float>(direction, width).Clear();
        if (pairs.Count == 0)
        {
            new Span<float>(x, width).Clear();
            return 0;
        }
        pairs.Accumulate(1, -1, x, residual, width);
        var level = pairs.Level;
        VectorMath.Axpy(level, -1, product, residual, width);
        VectorMath.Axpy(level, -systems.RegularizationOf(u), x, residual, width);
        VectorMath.Axpy(level, 1, residual, direction, width);
        return VectorMath.Dot(level, residual, residual, width);
    }

    private static float Step(
        GatheredRows pairs, float regularization, float square, float* x, float* product, float* residual, float* direction, int width)
    {
        if (square < Converged) return square;
        pairs.Accumulate(0, 1, direction, product, width);
        var level = pairs.Level;
        VectorMath.Axpy(level, regularization, direction, product, width);
        float alpha = square / VectorMath.Dot(level, direction, product, width);
        VectorMath.Axpy(level, alpha, direction, x, width);
        VectorMath.Axpy(level, -alpha, product, residual, width);
        float next = VectorMath.Dot(level, residual, residual, width);
        VectorMath.ScaleAdd(level, next / square, residual, direction, width);
        return next;
    }
}
