using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Disliked;

/// <summary>
/// Scores of one history less weighed scores of another. Reasons and sources are those of the first: what a user does not want speaks against items, never for
/// one.
/// </summary>
internal class DislikedScorer : IBlockScorer
{
    private readonly IBlockScorer _wanted;
    private readonly IBlockScorer _unwanted;
    private readonly SparseRows _disliked;
    private readonly float _weight;

    private DislikedScorer(IBlockScorer wanted, IBlockScorer unwanted, SparseRows disliked, float weight) =>
        (_wanted, _unwanted, _disliked, _weight) = (wanted, unwanted, disliked, weight);

    public int Users => _wanted.Users;

    public int Items => _wanted.Items;

    public int PreferredPanel => _wanted.PreferredPanel;

    /// <param name="disliked">The history that <paramref name="unwanted"/> scores; only users with a row there are scored by it.</param>
    public static IBlockScorer Of(IBlockScorer wanted, IBlockScorer unwanted, SparseRows disliked, float weight) => (wanted, unwanted) switch
    {
        (IFactorScorer a, IFactorScorer b) when IsAlike(a.Products, b.Products) && wanted is IContributionScorer and ISourceScorer =>
            new SourcedFactors(wanted, Less(a.Products, b.Products, disliked, weight)),
        (IFactorScorer a, IFactorScorer b) when IsAlike(a.Products, b.Products) && wanted is IContributionScorer =>
            new ContributingFactors(wanted, Less(a.Products, b.Products, disliked, weight)),
        (IFactorScorer a, IFactorScorer b) when IsAlike(a.Products, b.Products) => new FactorScorer(Less(a.Products, b.Products, disliked, weight)),
        _ when wanted is IContributionScorer and ISourceScorer => new Sourced(wanted, unwanted, disliked, weight),
        _ when wanted is IContributionScorer => new Contributing(wanted, unwanted, disliked, weight),
        _ => new DislikedScorer(wanted, unwanted, disliked, weight),
    };

    public void Score(ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride)
    {
        _wanted.Score(users, firstItem, itemCount, scores, stride);
        int[] some = [.. Having(users)];
        if (some.Length == 0) return;
        var against = new float[some.Length * itemCount];
        _unwanted.Score(some, firstItem, itemCount, against, itemCount);
        int at = 0;
        for (int u = 0; u < users.Length; u++)
        {
            if (at == some.Length || users[u] != some[at]) continue;
            var row = scores.Slice(u * stride, itemCount);
            TensorPrimitives.MultiplyAdd(against.AsSpan(at * itemCount, itemCount), -_weight, row, row);
            at++;
        }
    }

    private List<int> Having(ReadOnlySpan<int> users)
    {
        var some = new List<int>();
        foreach (int user in users)
            if (_disliked.RowLength(user) > 0) some.Add(user);
        return some;
    }

    /// <summary>Whether the two differ in users' factors alone.</summary>
    private static bool IsAlike(InnerProducts a, InnerProducts b) =>
        a.Rank == b.Rank && a.Users.Count == b.Users.Count && ReferenceEquals(a.Classes, b.Classes);

    private static InnerProducts Less(InnerProducts wanted, InnerProducts unwanted, SparseRows disliked, float weight) => wanted with
    {
        Users = [.. wanted.Users.Zip(unwanted.Users, (w, u) => new LessRows(w, u, disliked, weight))],
    };

    private class Contributing(IBlockScorer wanted, IBlockScorer unwanted, SparseRows disliked, float weight)
        : DislikedScorer(wanted, unwanted, disliked, weight), IContributionScorer
    {
        public void Contributions(int user, int item, ReadOnlySpan<int> history, Span<float> contributions) =>
            ((IContributionScorer)_wanted).Contributions(user, item, history, contributions);
    }

    private sealed class Sourced(IBlockScorer wanted, IBlockScorer unwanted, SparseRows disliked, float weight)
        : Contributing(wanted, unwanted, disliked, weight), ISourceScorer
    {
        public CandidateSource SourceOf(int user, int item) => ((ISourceScorer)_wanted).SourceOf(user, item);
    }

    private class ContributingFactors(IBlockScorer wanted, InnerProducts difference) : FactorScorer(difference), IContributionScorer
    {
        protected IBlockScorer Wanted { get; } = wanted;

        public void Contributions(int user, int item, ReadOnlySpan<int> history, Span<float> contributions) =>
            ((IContributionScorer)Wanted).Contributions(user, item, history, contributions);
    }

    private sealed class SourcedFactors(IBlockScorer wanted, InnerProducts difference) : ContributingFactors(wanted, difference), ISourceScorer
    {
        public CandidateSource SourceOf(int user, int item) => ((ISourceScorer)Wanted).SourceOf(user, item);
    }
}
