namespace Recsys.Batch.Pipeline.Data;

/// <summary>What users said of items on the log's own scale (1 to 5, say): every pair that was rated, liked or not.</summary>
/// <param name="Rows">users x items; values are the last rating of each pair, any finite number.</param>
/// <param name="Threshold">From this rating on an item is liked (<c>Ingest:RatingThreshold</c>).</param>
internal sealed record RatedPairs(SparseRows Rows, float Threshold)
{
    public int Count => Rows.Count;

    /// <summary>Whether the user rated the item at or above the threshold.</summary>
    public bool IsLiked(int user, int item) => Rows.RowIndices(user).BinarySearch(item) is >= 0 and int at && Rows.RowValues(user)[at] >= Threshold;

    /// <summary>The ratings of the marked users; the others keep their index and have none.</summary>
    /// <param name="columns">Items from this index on are left out.</param>
    public RatedPairs OfUsers(Func<int, bool> wanted, int columns) =>
        this with { Rows = Filtered((user, item, _) => wanted(user) && item < columns, columns) };

    /// <summary>The rows of these users, in that order.</summary>
    public RatedPairs Take(int[] users)
    {
        var pointers = new int[users.Length + 1];
        for (int u = 0; u < users.Length; u++) pointers[u + 1] = pointers[u] + Rows.RowLength(users[u]);
        var (indices, values) = (new int[pointers[^1]], new float[pointers[^1]]);
        for (int u = 0; u < users.Length; u++)
        {
            Rows.RowIndices(users[u]).CopyTo(indices.AsSpan(pointers[u]));
            Rows.RowValues(users[u]).CopyTo(values.AsSpan(pointers[u]));
        }
        return this with { Rows = new SparseRows(users.Length, Rows.Columns, pointers, indices, values) };
    }

    /// <summary>The ratings that are wanted, by user, item and position in <see cref="Rows"/>.</summary>
    public RatedPairs Where(Func<int, int, int, bool> wanted) => this with { Rows = Filtered(wanted, Rows.Columns) };

    private SparseRows Filtered(Func<int, int, int, bool> wanted, int columns)
    {
        var pointers = new int[Rows.Rows + 1];
        var (indices, values) = (new List<int>(Rows.Count), new List<float>(Rows.Count));
        for (int user = 0; user < Rows.Rows; user++)
        {
            for (int k = Rows.Pointers[user]; k < Rows.Pointers[user + 1]; k++)
            {
                if (!wanted(user, Rows.Indices[k], k)) continue;
                indices.Add(Rows.Indices[k]);
                values.Add(Rows.Values[k]);
            }
            pointers[user + 1] = indices.Count;
        }
        return new SparseRows(Rows.Rows, columns, pointers, [.. indices], [.. values]);
    }
}
