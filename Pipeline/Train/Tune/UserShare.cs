using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Tune;

/// <summary>The interactions of some users; the others keep their index and have no pairs.</summary>
internal static class UserShare
{
    /// <summary>Every user by a draw of its own, so a larger share of the same seed holds every user of a smaller one.</summary>
    public static InteractionMatrix Of(InteractionMatrix interactions, double share, ulong seed)
    {
        var rows = interactions.ByUser;
        var random = new SplitMix64(seed, "user share");
        var pointers = new int[rows.Rows + 1];
        var indices = new List<int>();
        var values = new List<float>();
        var seen = interactions.LastSeen is null ? null : new List<uint>();
        var kept = new bool[rows.Rows];
        for (int user = 0; user < rows.Rows; user++)
        {
            if (kept[user] = random.NextDouble() < share)
            {
                indices.AddRange(rows.RowIndices(user));
                values.AddRange(rows.RowValues(user));
                seen?.AddRange(interactions.UserLastSeen(user));
            }
            pointers[user + 1] = indices.Count;
        }
        return interactions.With(
            new SparseRows(rows.Rows, rows.Columns, pointers, [.. indices], [.. values]), seen?.ToArray(),
            ratings: interactions.Ratings?.OfUsers(user => kept[user], rows.Columns));
    }
}
