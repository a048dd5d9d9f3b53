using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>Users who are ranked alike, and the slices of test pairs that their lists are measured against. The first slice rules who takes part.</summary>
/// <param name="Exclude">What lists leave out; null for nothing.</param>
internal sealed record RankedUsers(int[] Users, SparseRows? Exclude, IReadOnlyList<(string Name, SparseRows Pairs)> Slices)
{
    /// <summary>Items that lists may hold; null is all.</summary>
    public bool[]? Allowed { get; init; }

    /// <summary>How many users might have been ranked, where these are some of them.</summary>
    public int? SampledFrom { get; init; }

    public static RankedUsers Of(HoldOut holdOut, EvaluateOptions options, SparseRows? exclude, params (string Name, SparseRows Pairs)[] slices)
    {
        var pairs = slices[0].Pairs;
        var users = Enumerable.Range(0, pairs.Rows)
            .Where(u => pairs.RowLength(u) > 0 && (options.UsersWithoutHistory || holdOut.Train.ByUser.RowLength(u) > 0)).ToArray();
        if (users.Length <= options.MaxUsers) return new RankedUsers(users, exclude, slices);
        int[] some = [.. Enumerable.Range(0, options.MaxUsers).Select(i => users[(long)i * users.Length / options.MaxUsers])];
        return new RankedUsers(some, exclude, slices) { SampledFrom = users.Length };
    }

    public IEnumerable<SliceSize> Sizes()
    {
        foreach (var (name, pairs) in Slices)
            yield return new SliceSize(name, Users.Count(u => pairs.RowLength(u) > 0), Users.Sum(pairs.RowLength)) { SampledFrom = SampledFrom };
    }
}
