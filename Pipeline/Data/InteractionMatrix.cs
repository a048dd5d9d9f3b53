namespace Recsys.Batch.Pipeline.Data;

/// <summary>
/// Clean interactions, users x items, both ways. Weights are positive and finite: the strength of a pair after event weights,
/// netting and time decay.
/// </summary>
internal sealed class InteractionMatrix
{
    private SparseRows? _byItem;

    /// <param name="byUser">users x items.</param>
    /// <param name="lastSeen">
    /// Seconds since 1970-01-01 of a pair's last event, aligned with <paramref name="byUser"/>'s values; null where the log has no time.
    /// </param>
    /// <param name="isWeighted">Whether the configuration states how much events count.</param>
    /// <param name="disliked">users x items, none of them in <paramref name="byUser"/>; null where there are none.</param>
    /// <param name="ratings">users x items; null where ratings are not kept as values, or there are none.</param>
    public InteractionMatrix(
        SparseRows byUser, uint[]? lastSeen = null, bool isWeighted = false, SparseRows? disliked = null, RatedPairs? ratings = null)
    {
        if (lastSeen is not null) ArgumentOutOfRangeException.ThrowIfNotEqual(lastSeen.Length, byUser.Count);
        ByUser = byUser;
        LastSeen = lastSeen;
        IsWeighted = isWeighted;
        Disliked = disliked is { Count: > 0 } ? disliked : null;
        Ratings = ratings is { Count: > 0 } ? ratings : null;
    }

    public int Users => ByUser.Rows;

    public int Items => ByUser.Columns;

    public int Count => ByUser.Count;

    public SparseRows ByUser { get; }

    /// <summary>items x users; made on first use.</summary>
    public SparseRows ByItem => _byItem ??= ByUser.Transpose();

    public uint[]? LastSeen { get; }

    /// <summary>
    /// Whether the configuration states how much events count, by kind or by age. Then trainers take the values as the weights of pairs; else each pair counts
    /// 1, unless a trainer's own options say otherwise.
    /// </summary>
    public bool IsWeighted { get; }

    /// <summary>Items that users know and do not want: returned, rated below the threshold or hidden. They are not in <see cref="ByUser"/>.</summary>
    public SparseRows? Disliked { get; }

    /// <summary>What is known of the users themselves, by column, aligned with the rows; null where nothing is, or nobody asks for it.</summary>
    public AttributeTable? UserAttributes { get; private init; }

    /// <summary>
    /// What users said of items, where the configuration keeps ratings as values (<c>Ingest:Ratings</c>): pairs of <see cref="ByUser"/> and of
    /// <see cref="Disliked"/> alike.
    /// </summary>
    public RatedPairs? Ratings { get; }

    /// <summary>Items that users know: those they have and those they do not want. Values do not matter.</summary>
    public SparseRows Seen() => PairSets.Union(ByUser, Disliked)!;

    /// <summary>Other pairs whose values mean the same; what is known of the users stays where there are as many.</summary>
    public InteractionMatrix With(SparseRows byUser, uint[]? lastSeen, SparseRows? disliked = null, RatedPairs? ratings = null) =>
        new(byUser, lastSeen, IsWeighted, disliked, ratings) { UserAttributes = byUser.Rows == Users ? UserAttributes : null };

    /// <summary>The same pairs, of users of whom that is known.</summary>
    public InteractionMatrix WithUsers(AttributeTable? attributes)
    {
        if (attributes is not null) ArgumentOutOfRangeException.ThrowIfNotEqual(attributes.Rows, Users);
        return new(ByUser, LastSeen, IsWeighted, Disliked, Ratings) { UserAttributes = attributes, _byItem = _byItem };
    }

    /// <summary>The pairs that are marked, or those that are not, with their ratings; what is disliked stays, with its ratings.</summary>
    /// <param name="marked">By pair, in the order of <see cref="ByUser"/>.</param>
    public InteractionMatrix Where(bool[] marked, bool wanted)
    {
        int count = marked.Count(m => m == wanted);
        var pointers = new int[Users + 1];
        var indices = new int[count];
        var values = new float[count];
        var lastSeen = LastSeen is null ? null : new uint[count];
        int at = 0;
        for (int user = 0; user < Users; user++)
        {
            for (int k = ByUser.Pointers[user]; k < ByUser.Pointers[user + 1]; k++)
            {
                if (marked[k] != wanted) continue;
                indices[at] = ByUser.Indices[k];
                values[at] = ByUser.Values[k];
                if (lastSeen is not null) lastSeen[at] = LastSeen![k];
                at++;
            }
            pointers[user + 1] = at;
        }
        return With(new SparseRows(Users, Items, pointers, indices, values), lastSeen, Disliked, Ratings?.Where((user, item, _) =>
            ByUser.RowIndices(user).BinarySearch(item) is var at && (at < 0 || marked[ByUser.Pointers[user] + at] == wanted)));
    }

    /// <summary>Last events of <paramref name="user"/>'s pairs, aligned with its row; empty where the log has no time.</summary>
    public ReadOnlySpan<uint> UserLastSeen(int user) =>
        LastSeen is null ? [] : LastSeen.AsSpan(ByUser.Pointers[user], ByUser.RowLength(user));
}
