namespace Recsys.Batch.Pipeline.Data;

/// <param name="Depth">Candidates a user (M).</param>
/// <param name="Exclude">users x items never to be returned (what a user has seen); null excludes nothing.</param>
/// <param name="Allowed">Item-aligned mask; null allows all.</param>
internal sealed record RetrievalRequest(int Depth, SparseRows? Exclude = null, bool[]? Allowed = null)
{
    /// <summary>Items that rules keep from a user beside those; null as a whole or for a user: none.</summary>
    public Func<int, ItemSet?>? RuledOut { get; init; }

    /// <summary>Users who will be asked for; many pay for preparations that few do not. 0: not known, so nothing is prepared.</summary>
    public int Users { get; init; }

    /// <summary>Threads that prepare, at least 1.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>Exact top-M over all items: packs a scorer once, then serves blocks of users from many threads.</summary>
internal interface ICandidateRetriever
{
    IRetrievalSession Open(IBlockScorer scorer, RetrievalRequest request);
}

internal interface IRetrievalSession
{
    /// <summary>
    /// The best <see cref="RetrievalRequest.Depth"/> of up to <see cref="CandidateBlock.MaxUsers"/> users. Safe to call from many threads;
    /// a user's result does not depend on the block it came in.
    /// </summary>
    CandidateBlock Retrieve(int[] users);
}
