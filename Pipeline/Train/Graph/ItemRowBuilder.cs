using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Graph;

/// <summary>
/// Builds a sparse items x items matrix row by row: a row is summed in a dense accumulator, cut to its largest entries if asked, and kept in index order.
/// Memory: the result twice, and one dense row a thread; never items x items.
/// </summary>
internal static class ItemRowBuilder
{
    private const int PieceRows = 64;

    /// <param name="neighbors">Entries a row keeps, the largest, ties by ascending index; 0 keeps all.</param>
    /// <param name="fill">Adds what row <c>item</c> is made of; each row on one thread.</param>
    /// <param name="finish">Turns the sum of (item, neighbor) into the entry; an entry of 0 is dropped. The diagonal is never kept.</param>
    public static SparseRows Build(
        int items, int neighbors, StageContext context, Action<int, ItemRow> fill, Func<int, int, float, float> finish)
    {
        var pieces = new (int[] Lengths, int[] Indices, float[] Values)[(items + PieceRows - 1) / PieceRows];
        context.ForEachPiece(pieces.Length, () => new ItemRow(items), (piece, row) =>
        {
            var lengths = new int[Math.Min(PieceRows, items - piece * PieceRows)];
            var indices = new List<int>();
            var values = new List<float>();
            for (int r = 0; r < lengths.Length; r++)
            {
                int item = piece * PieceRows + r;
                fill(item, row);
                lengths[r] = row.Take(item, neighbors, finish, indices, values);
            }
            pieces[piece] = (lengths, [.. indices], [.. values]);
        });
        return Join(items, pieces);
    }

    private static SparseRows Join(int items, (int[] Lengths, int[] Indices, float[] Values)[] pieces)
    {
        long count = pieces.Sum(p => (long)p.Indices.Length);
        if (count > Array.MaxLength)
        {
            throw new RunFailedException(
                $"the item graph has {count} edges, more than one matrix holds ({Array.MaxLength}); set Neighbors, for example to 1000, "
                + $"to keep only the strongest of each item");
        }
        var pointers = new int[items + 1];
        var indices = new int[count];
        var values = new float[count];
        int at = 0;
        int row = 0;
        for (int piece = 0; piece < pieces.Length; piece++)
        {
            foreach (int length in pieces[piece].Lengths) pointers[row + 1] = pointers[row++] + length;
            pieces[piece].Indices.CopyTo(indices, at);
            pieces[piece].Values.CopyTo(values, at);
            at += pieces[piece].Indices.Length;
            pieces[piece] = default;
        }
        return new SparseRows(items, items, pointers, indices, values);
    }
}

/// <summary>One row in the making: a dense accumulator that knows which entries were touched.</summary>
internal sealed class ItemRow(int items)
{
    /// <summary>From one entry in so many on, a walk over all of them is faster than sorting those that were touched.</summary>
    private const int Sparse = 16;

    private const int Sample = 512;

    private readonly float[] _sums = new float[items];
    private readonly bool[] _known = new bool[items];
    private readonly int[] _touched = new int[items];
    private float[] _finished = new float[256];
    private int[] _order = new int[256];
    private ulong[] _keys = new ulong[256];
    private int _count;

    private bool IsDense => (long)_count * Sparse >= items;

    public void Add(int item, float value)
    {
        if (!_known[item])
        {
            _known[item] = true;
            _touched[_count++] = item;
        }
        _sums[item] += value;
    }

    /// <summary>
    /// Adds <paramref name="scale"/> times a sparse row of values above 0; null values are ones. Once so many entries were touched that all will be walked over
    /// anyway, which they are is not kept any more.
    /// </summary>
    public void Add(ReadOnlySpan<int> indices, ReadOnlySpan<float> values, float scale)
    {
        if (IsDense)
        {
            float[] sums = _sums;
            if (values.IsEmpty)
                foreach (int item in indices) sums[item] += scale;
            else
                for (int k = 0; k < indices.Length; k++) sums[indices[k]] += scale * values[k];
        }
        else if (values.IsEmpty)
            foreach (int item in indices) Add(item, scale);
        else
            for (int k = 0; k < indices.Length; k++) Add(indices[k], scale * values[k]);
    }

    /// <summary>Appends the finished row in index order and empties the accumulator.</summary>
    public int Take(int row, int neighbors, Func<int, int, float, float> finish, List<int> indices, List<float> values)
    {
        Sort();
        if (_finished.Length < _count)
        {
            _finished = new float[_count * 2];
            _order = new int[_count * 2];
            _keys = new ulong[_count * 2];
        }
        int kept = 0;
        foreach (int item in _touched.AsSpan(0, _count))
        {
            float value = item == row ? 0 : finish(row, item, _sums[item]);
            _sums[item] = 0;
            _known[item] = false;
            if (value == 0) continue;
            _finished[kept] = value;
            _order[kept++] = item;
        }
        _count = 0;
        if (neighbors > 0 && kept > neighbors) kept = Cut(kept, neighbors);
        indices.AddRange(_order.AsSpan(0, kept));
        values.AddRange(_finished.AsSpan(0, kept));
        return kept;
    }

    private void Sort()
    {
        if (!IsDense)
        {
            _touched.AsSpan(0, _count).Sort();
            return;
        }
        _count = 0;
        for (int item = 0; item < items; item++)
            if (_known[item] || _sums[item] != 0) _touched[_count++] = item;
    }

    private int Cut(int count, int neighbors)
    {
        int some = Reaching(Reached(count, neighbors), count);
        if (some < neighbors) some = Reaching(float.NegativeInfinity, count);
        TopOrder.MoveBest(_keys.AsSpan(0, some), neighbors);
        var kept = new int[neighbors];
        for (int k = 0; k < neighbors; k++) kept[k] = TopOrder.Item(_keys[k]);
        Array.Sort(kept);
        for (int k = 0; k < neighbors; k++) (_finished[k], _order[k]) = (_finished[kept[k]], _order[kept[k]]);
        return neighbors;
    }

    /// <summary>Keys of the entries that reach a value, and how many they are.</summary>
    private int Reaching(float least, int count)
    {
        int some = 0;
        for (int k = 0; k < count; k++)
            if (_finished[k] >= least) _keys[some++] = TopOrder.Key(_finished[k], k);
        return some;
    }

    /// <summary>
    /// A value that the entries to keep, and not many more, are likely to reach, by a sample of them: most of a long row need not be looked at twice.
    /// </summary>
    private float Reached(int count, int neighbors)
    {
        if (count < 8 * Sample || count < 4L * neighbors) return float.NegativeInfinity;
        Span<float> sample = stackalloc float[Sample];
        for (int k = 0; k < Sample; k++) sample[k] = _finished[(int)((long)k * count / Sample)];
        sample.Sort();
        return sample[^Math.Min(Sample, (int)(1.5 * Sample * neighbors / count) + 8)];
    }
}
