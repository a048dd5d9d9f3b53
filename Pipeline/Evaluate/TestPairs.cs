using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>Test pairs told apart by what the history says of them.</summary>
internal static class TestPairs
{
    /// <summary>Pairs that are not in the user's history.</summary>
    public static SparseRows New(HoldOut holdOut) => Where(holdOut.Test, (user, item) => holdOut.Train.ByUser.RowIndices(user).BinarySearch(item) < 0);

    /// <summary>Pairs on items that nobody has in the history.</summary>
    public static SparseRows Cold(HoldOut holdOut, ItemPopularity popularity) => Where(holdOut.Test, (_, item) => popularity.IsCold(item));

    private static SparseRows Where(SparseRows pairs, Func<int, int, bool> keep)
    {
        var pointers = new int[pairs.Rows + 1];
        var items = new List<int>(pairs.Count);
        var values = new List<float>(pairs.Count);
        for (int user = 0; user < pairs.Rows; user++)
        {
            for (int k = pairs.Pointers[user]; k < pairs.Pointers[user + 1]; k++)
            {
                if (!keep(user, pairs.Indices[k])) continue;
                items.Add(pairs.Indices[k]);
                values.Add(pairs.Values[k]);
            }
            pointers[user + 1] = items.Count;
        }
        return new SparseRows(pairs.Rows, pairs.Columns, pointers, [.. items], [.. values]);
    }
}
