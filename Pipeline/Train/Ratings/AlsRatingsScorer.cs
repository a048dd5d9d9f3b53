using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Pipeline.Train.Ratings;

/// <summary>Expected ratings by inner products, and what each rating of the user adds to one.</summary>
/// <param name="deviation">sigma: <see cref="RatingRule"/>.</param>
internal sealed class AlsRatingsScorer(FactorMatrix users, FactorMatrix items, SparseRows ratings, RatingSystems systems, float deviation)
    : FactorScorer(users, items), IContributionScorer
{
    // Slots 0 and 1 of the workspace are the factorization's.
    private const int SolvedSlot = 2;
    private const int FeaturesSlot = 3;

    // The system of one user serves all items of its list: contributions come user by user. The key stands for the scorer without keeping its factors alive.
    [ThreadStatic]
    private static UserSystem? _ofThread;

    private readonly object _key = new();

    /// <summary>
    /// With A the user's system matrix, a rating of item j adds <c>sigma v_item^T A^-1 ((r_j - mu) / sigma - b_j) v_j</c>: more than 0 where the user liked
    /// it more than others do and this item is like it. The sum over all ratings of the user is the expected rating less <c>mu + sigma b_item</c>; items that
    /// were not rated add 0.
    /// </summary>
    public unsafe void Contributions(int user, int item, ReadOnlySpan<int> history, Span<float> contributions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(contributions.Length, history.Length);
        contributions[..history.Length].Clear();
        if (ratings.RowLength(user) == 0) return;
        int width = Products.Items.Stride;
        var system = _ofThread ??= new UserSystem();
        if (system.Key != _key || system.User != user)
        {
            system.Key = null;
            system.Factor = systems.Factor(user, system.Workspace);
            system.Key = _key;
            system.User = user;
        }
        float* solved = system.Workspace.Get(SolvedSlot, width);
        float* features = system.Workspace.Get(FeaturesSlot, width);
        systems.Features(item, 0, solved);
        SmallCholesky.Solve(system.Factor, width, solved);
        var rated = ratings.RowIndices(user);
        var values = ratings.RowValues(user);
        for (int h = 0; h < history.Length; h++)
        {
            if (rated.BinarySearch(history[h]) is not (>= 0 and int at)) continue;
            float residual = systems.Features(history[h], values[at], features);
            contributions[h] = deviation * residual * VectorMath.Dot(new ReadOnlySpan<float>(solved, width), new ReadOnlySpan<float>(features, width));
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
