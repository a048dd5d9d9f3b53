using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Graph;

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
    private int _kept;

    /// <summary>Of the row that was taken last, ascending.</summary>
    public ReadOnlySpan<int> Indices => _order.AsSpan(0, _kept);

    /// <summary>Aligned with <see cref="Indices"/>.</summary>
    public ReadOnlySpan<float> Values => _finished.AsSpan(0, _kept);

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

    /// <summary>Finishes the row, which <see cref="Indices"/> and <see cref="Values"/> then have, and empties the accumulator; says how long it is.</summary>
    public int Take(int row, int neighbors, Func<int, int, float, float> finish)
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
        return _kept = kept;
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
