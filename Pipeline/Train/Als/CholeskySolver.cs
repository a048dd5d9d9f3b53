using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Als;

/// <summary>Exact solves: K^2 operations a pair, K^3 / 3 a row.</summary>
internal sealed unsafe class CholeskySolver : IAlsSolver
{
    private const int ChunkRows = 64;

    private const int MatrixSlot = 0;
    private const int ChunkSlot = 1;

    public void Solve(AlsSystems systems, AlsWorkspace workspace)
    {
        int width = systems.Width;
        for (int u = 0; u < systems.Count; u++)
        {
            float* x = systems.Target(u);
            new Span<float>(x, width).Clear();
            var pairs = systems.Pairs(u);
            if (pairs.Count == 0) continue;
            float* matrix = Factor(pairs, systems.Gram, systems.RegularizationOf(u), workspace, systems.RowOf(u));
            pairs.Accumulate(1, 0, x, x, width);
            SmallCholesky.Solve(systems.Level, matrix, width, x);
        }
    }

    /// <summary>The Cholesky factor of one row's system matrix, in the workspace until the next call.</summary>
    public static float* Factor(GatheredRows pairs, AlsGram gram, float regularization, AlsWorkspace workspace, int row)
    {
        int width = gram.Width;
        int rank = (int)Math.Sqrt(gram.Exact.Length);
        float* matrix = workspace.Get(MatrixSlot, (long)width * width);
        gram.Scaled.CopyTo(new Span<float>(matrix, width * width));
        for (int k = 0; k < width; k++)
        {
            if (k < rank) matrix[(nint)k * width + k] += regularization;
            else matrix[(nint)k * width + k] = 1;
        }
        AddPairs(pairs, 0, width, matrix, workspace.Get(ChunkSlot, ChunkRows * (long)width));
        int failed = SmallCholesky.Factor(pairs.Level, matrix, width);
        if (failed < 0) return matrix;
        throw new RunFailedException(
            $"ALS: the system of row {row} ({pairs.Count} pairs) is not positive definite at dimension {failed}: factors have grown out of float32 or the "
            + $"regularization is too small; raise Regularization or lower ConfidenceScale");
    }

    /// <summary>Adds sum_j w_j v_j v_j^T over dimensions [column, column + width) to the upper triangle of a width x width matrix.</summary>
    internal static void AddPairs(GatheredRows pairs, int column, int width, float* matrix, float* chunk)
    {
        for (int first = 0; first < pairs.Count; first += ChunkRows)
        {
            int count = Math.Min(ChunkRows, pairs.Count - first);
            for (int j = 0; j < count; j++)
            {
                float* row = chunk + (nint)j * width;
                new Span<float>(row, width).Clear();
                VectorMath.Axpy(pairs.Level, MathF.Sqrt(pairs.Weight(first + j)), pairs.Row(first + j) + column, row, width);
            }
            SmallGramian.Update(pairs.Level, 1, chunk, count, width, matrix, 0, width);
        }
    }
}
