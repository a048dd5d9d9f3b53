using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Pipeline.Train.LibMf;

/// <summary>Solves the systems of <see cref="FoldInRule"/> against fixed item factors.</summary>
internal sealed unsafe class RowSolver
{
    private const int PieceRows = 64;

    // Slots 0 and 1 of the workspace are the factorization's.
    private const int WeightSlot = 3;

    private readonly FoldInRule _rule;
    private readonly FactorMatrix _items;
    private readonly AlsGram _gram;
    private readonly float[] _sum;

    public RowSolver(FoldInRule rule, FactorMatrix items, StageContext context)
    {
        _rule = rule;
        _items = items;
        _gram = AlsGram.Of(items, rule.HasUnobserved ? 1 : 0, context);
        _sum = GC.AllocateArray<float>(items.Stride, pinned: true);
        if (rule.C == 0) return;
        for (int item = 0; item < items.Rows; item++) VectorMath.Axpy(1, items.PaddedRow(item), _sum);
    }

    /// <summary>Factors of each row of <paramref name="histories"/>; 0 where a row is empty.</summary>
    public FactorMatrix Solve(SparseRows histories, StageContext context)
    {
        var rows = new FactorMatrix(histories.Rows, _items.Rank);
        int pieces = (histories.Rows + PieceRows - 1) / PieceRows;
        context.ForEachPiece(pieces, static () => new AlsWorkspace(), (piece, workspace) =>
        {
            int last = Math.Min(histories.Rows, (piece + 1) * PieceRows);
            for (int row = piece * PieceRows; row < last; row++)
            {
                if (histories.RowLength(row) == 0) continue;
                float* factor = Factor(histories, row, workspace, out var system);
                fixed (float* x = rows.PaddedRow(row), y = _items.Values, sum = _sum)
                {
                    for (int k = histories.Pointers[row]; k < histories.Pointers[row + 1]; k++)
                    {
                        VectorMath.Axpy(
                            system.RightScale * _rule.Label.Of(histories.Values[k]), y + (nint)histories.Indices[k] * _items.Stride, x, _items.Stride);
                    }
                    if (system.ShiftScale != 0) VectorMath.Axpy(system.ShiftScale, sum, x, _items.Stride);
                    SmallCholesky.Solve(factor, _items.Stride, x);
                }
            }
        });
        return rows;
    }

    /// <summary>The Cholesky factor of a row's matrix, in the workspace until its next use.</summary>
    public float* Factor(SparseRows histories, int row, AlsWorkspace workspace, out RowSystem system)
    {
        int length = histories.RowLength(row);
        system = _rule.For(length, histories.Columns);
        float* weights = workspace.Get(WeightSlot, Math.Max(1, length));
        new Span<float>(weights, length).Fill(system.PairWeight);
        fixed (float* y = _items.Values)
        fixed (int* indices = histories.Indices)
        {
            var pairs = new GatheredRows(Simd.Widest, y, _items.Stride, indices + histories.Pointers[row], weights, length);
            return CholeskySolver.Factor(pairs, _gram, system.Regularization, workspace, row);
        }
    }
}
