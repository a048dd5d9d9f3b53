using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// Exact top-M by descending score, ties by ascending item index. Seen items and items that are not allowed take no place:
/// a user gets fewer than M only where fewer are left. A NaN score is a <see cref="Errors.RunFailedException"/>.
/// </summary>
internal sealed class ExactRetriever : ICandidateRetriever
{
    /// <exception cref="ArgumentException">The request's shapes are not the scorer's.</exception>
    public IRetrievalSession Open(IBlockScorer scorer, RetrievalRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Depth, 1);
        if (request.Exclude is { } exclude && (exclude.Rows != scorer.Users || exclude.Columns != scorer.Items))
        {
            throw new ArgumentException(
                $"Exclude is {exclude.Rows} x {exclude.Columns}; the scorer has {scorer.Users} users x {scorer.Items} items", nameof(request));
        }
        if (request.Allowed is { } allowed && allowed.Length != scorer.Items)
            throw new ArgumentException($"Allowed has {allowed.Length} entries; the scorer has {scorer.Items} items", nameof(request));
        int depth = Math.Min(request.Depth, Math.Max(1, scorer.Items));
        request = request with { Depth = depth };
        if (scorer is not IFactorScorer { Products: var products }) return new ScoredSession(scorer, request);
        return products.Classes is null ? new FactorSession(products.Users[0], products.Items, request) : new ClassedSession(products, request);
    }

    internal static void CheckUsers(int[] users, int known)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(users.Length, CandidateBlock.MaxUsers);
        foreach (int user in users)
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)user, (uint)known, nameof(users));
    }
}
