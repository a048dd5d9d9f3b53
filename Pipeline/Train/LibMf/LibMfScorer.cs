using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Pipeline.Train.LibMf;

/// <summary>Scores by inner products, and says what each history item adds to a score as <see cref="AlsScorer"/> does.</summary>
internal sealed class LibMfScorer : FactorScorer, IContributionScorer
{
    private readonly FoldInRule _rule;
    private readonly SparseRows _histories;
    private readonly RowSolver _solver;

    // The system of one user serves all items of its list: contributions come user by user. The key stands for the scorer without keeping its factors alive.
    [ThreadStatic]
    private static UserSystem? _ofThread;

    private readonly object _key = new();

    internal LibMfScorer(FactorMatrix users, FactorMatrix items, FoldInRule rule, SparseRows histories, RowSolver solver)
        : base(users, items)
    {
        _rule = rule;
        _histories = histories;
        _solver = solver;
    }

    /// <summary>
    /// With A the user's system matrix, history item j adds <c>y_item^T A^-1 b_j y_j</c>; the sum over the history is the score of the exactly solved user, but
    /// for what <see cref="OneClassOptions.C"/> adds for everyone.
    /// </summary>
    public unsafe void Contributions(int user, int item, ReadOnlySpan<int> history, Span<float> contributions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(contributions.Length, history.Length);
        var items = Products.Items;
        var system = _ofThread ??= new UserSystem();
        if (system.Key != _key || system.User != user)
        {
            system.Key = null;
            system.Factor = _solver.Factor(_histories, user, system.Workspace, out var row);
            system.RightScale = row.RightScale;
            system.Key = _key;
            system.User = user;
        }
        fixed (float* y = items.Values)
        {
            float* z = system.Workspace.Get(4, items.Stride);
            items.PaddedRow(item).CopyTo(new Span<float>(z, items.Stride));
            SmallCholesky.Solve(system.Factor, items.Stride, z);
            var has = _histories.RowIndices(user);
            var values = _histories.RowValues(user);
            for (int h = 0; h < history.Length; h++)
            {
                int at = has.BinarySearch(history[h]);
                contributions[h] = at < 0
                    ? 0
                    : system.RightScale * _rule.Label.Of(values[at]) * VectorMath.Dot(z, y + (nint)history[h] * items.Stride, items.Stride);
            }
        }
    }

    private sealed unsafe class UserSystem
    {
        public object? Key { get; set; }

        public int User { get; set; }

        public float* Factor { get; set; }

        public float RightScale { get; set; }

        public AlsWorkspace Workspace { get; } = new();
    }
}
