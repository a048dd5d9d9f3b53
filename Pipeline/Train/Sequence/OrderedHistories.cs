using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Train.Sequence;

/// <summary>Each user's items by time of last interaction, equal times by item index, and the position of each.</summary>
internal sealed class OrderedHistories
{
    private readonly SparseRows _rows;
    private readonly int[] _items;
    private readonly int[] _positions;
    private readonly float[] _values;

    private OrderedHistories(SparseRows rows, int[] items, int[] positions, float[] values)
    {
        _rows = rows;
        _items = items;
        _positions = positions;
        _values = values;
    }

    public static OrderedHistories Of(InteractionMatrix interactions)
    {
        var rows = interactions.ByUser;
        var items = new int[rows.Count];
        var positions = new int[rows.Count];
        var values = new float[rows.Count];
        for (int user = 0; user < rows.Rows; user++)
        {
            int start = rows.Pointers[user];
            var seen = interactions.UserLastSeen(user);
            // Time first, place in the row second: one key, no unstable order.
            var keys = new ulong[seen.Length];
            for (int k = 0; k < keys.Length; k++) keys[k] = ((ulong)seen[k] << 32) | (uint)k;
            Array.Sort(keys);
            for (int at = 0; at < keys.Length; at++)
            {
                int k = (int)(uint)keys[at];
                items[start + at] = rows.Indices[start + k];
                values[start + at] = rows.Values[start + k];
                positions[start + k] = at;
            }
        }
        return new OrderedHistories(rows, items, positions, values);
    }

    /// <summary>Items, oldest first.</summary>
    public ReadOnlySpan<int> HistoryOf(int user) => _items.AsSpan(_rows.Pointers[user], _rows.RowLength(user));

    /// <summary>Values of the pairs of <see cref="HistoryOf"/>.</summary>
    public ReadOnlySpan<float> ValuesOf(int user) => _values.AsSpan(_rows.Pointers[user], _rows.RowLength(user));

    /// <param name="item">An item of the user's history.</param>
    public int PositionOf(int user, int item) => _positions[_rows.Pointers[user] + _rows.RowIndices(user).BinarySearch(item)];
}
