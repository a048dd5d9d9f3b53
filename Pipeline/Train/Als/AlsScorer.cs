using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Als;

/// <summary>Scores by inner products, and says what each history item added to a score.</summary>
internal sealed class AlsScorer : FactorScorer, IContributionScorer
{
    private readonly AlsModel _model;
    private readonly SparseRows _weights;
    private readonly AlsGram _gram;

    // The system of one user serves all items of its list: contributions come user by user. The key stands for the scorer without keeping its factors alive.
    [ThreadStatic]
    private static UserSystem? _ofThread;

    private readonly object _key = new();

    internal AlsScorer(AlsModel model, FactorMatrix users, SparseRows weights, AlsGram gram)
        : base(users, model.Factors.Items)
    {
        _model = model;
        _weights = weights;
        _gram = gram;
    }

    /// <summary>
    /// Hu, Koren and Volinsky 2008, eq. 7: with A the user's system matrix, history item j adds <c>y_item^T A^-1 w_j y_j</c>. The sum over the whole history is
    /// the score of the exactly solved user; items outside of the history add 0.
    /// </summary>
    public unsafe void Contributions(int user, int item, ReadOnlySpan<int> history, Span<float> contributions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(contributions.Length, history.Length);
        var items = Products.Items;
        var system = _ofThread ??= new UserSystem();
        int start = _weights.Pointers[user];
        int length = _weights.RowLength(user);
        fixed (float* y = items.Values, w = _weights.Values)
        fixed (int* indices = _weights.Indices)
        {
            if (system.Key != _key || system.User != user)
            {
                system.Key = null;
                var pairs = new GatheredRows(Simd.Widest, y, items.Stride, indices + start, w + start, length);
                float regularization = _model.Options.RegularizationOf(length, _weights.Columns);
                system.Factor = CholeskySolver.Factor(pairs, _gram, regularization, system.Workspace, user);
                system.Key = _key;
                system.User = user;
            }
            float* z = system.Workspace.Get(2, items.Stride);
            items.PaddedRow(item).CopyTo(new Span<float>(z, items.Stride));
            SmallCholesky.Solve(system.Factor, items.Stride, z);
            var row = _weights.RowIndices(user);
            if (history.SequenceEqual(row))
            {
                RowDots.Write(new ReadOnlySpan<float>(z, items.Stride), items, history, contributions);
                for (int h = 0; h < history.Length; h++) contributions[h] *= w[start + h];
                return;
            }
            for (int h = 0; h < history.Length; h++)
            {
                int at = row.BinarySearch(history[h]);
                contributions[h] = at < 0 ? 0 : w[start + at] * VectorMath.Dot(z, y + (nint)history[h] * items.Stride, items.Stride);
            }
        }
    }

    private sealed unsafe class UserSystem
    {
        public object? Key { get; set; }

        public int User { get; set; }

        public float* Factor { get; set; }

        public AlsWorkspace Workspace { get; } = new();
    }
}
