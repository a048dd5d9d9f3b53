using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Als;

/// <summary>
/// One side of ALS: rows (users or items) whose factors are solved while the other side's stay fixed. Each row is its own system
/// <c>(alpha0 V^T V + lambda_u I + sum_j w_j v_j v_j^T) x = sum_j w_j v_j</c>, so rows are pieces of parallel work; they are ordered by length, longest first,
/// which balances threads and puts rows of like cost into one piece.
/// </summary>
internal sealed unsafe class AlsHalfStep
{
    /// <summary>Rows of a piece share one product with the Gramian: enough to pay for packing it, few enough for L2.</summary>
    private const int PieceRows = 112;

    /// <summary>A solver passes over a piece's factors several times: they stay in L2 (512 KiB at rank 64).</summary>
    private const int PiecePairs = 2048;

    private readonly int[] _order;
    private readonly (int First, int Count)[] _pieces;
    private readonly float[] _regularization;

    /// <param name="weights">rows x others; values are confidences.</param>
    public AlsHalfStep(SparseRows weights, AlsOptions options)
    {
        Weights = weights;
        _order = Enumerable.Range(0, weights.Rows).ToArray();
        _regularization = Array.ConvertAll(_order, r => options.RegularizationOf(weights.RowLength(r), weights.Columns));
        var lengths = Array.ConvertAll(_order, r => -weights.RowLength(r));
        // Equal lengths by row: an unstable sort would be as deterministic, but only by accident.
        var keys = lengths.Select((l, r) => ((long)l << 32) + r).ToArray();
        Array.Sort(keys, _order);
        _pieces = [.. Pieces()];
    }

    public SparseRows Weights { get; }

    public float RegularizationOf(int row) => _regularization[row];

    /// <summary>Solves all rows into <paramref name="target"/>, whose content is the start of iterative solvers.</summary>
    /// <param name="gram"><see cref="AlsGram"/> of <paramref name="others"/>.</param>
    public void Solve(IAlsSolver solver, FactorMatrix others, AlsGram gram, FactorMatrix target, StageContext context) =>
        Solve(Simd.Widest, solver, others, gram, target, context);

    public void Solve(SimdLevel level, IAlsSolver solver, FactorMatrix others, AlsGram gram, FactorMatrix target, StageContext context)
    {
        fixed (float* v = others.Values, x = target.Values, weights = Weights.Values)
        fixed (int* indices = Weights.Indices)
        {
            // Pointers are captured by value; the pins hold until all pieces are done.
            nint pv = (nint)v, px = (nint)x, pw = (nint)weights, pi = (nint)indices;
            context.ForEachPiece(_pieces.Length, static () => new AlsWorkspace(), (piece, workspace) =>
            {
                var (first, count) = _pieces[piece];
                var systems = new AlsSystems(
                    level, this, _order.AsSpan(first, count), (float*)pv, (float*)px, (int*)pi, (float*)pw, others.Stride, gram);
                solver.Solve(systems, workspace);
            });
        }
    }

    private IEnumerable<(int First, int Count)> Pieces()
    {
        int first = 0;
        int pairs = 0;
        for (int r = 0; r < _order.Length; r++)
        {
            int length = Weights.RowLength(_order[r]);
            if (r > first && (r - first == PieceRows || pairs + length > PiecePairs))
            {
                yield return (first, r - first);
                first = r;
                pairs = 0;
            }
            pairs += length;
        }
        if (first < _order.Length) yield return (first, _order.Length - first);
    }
}
