namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>A sum of sparse rows: a dense array of values and the list of those touched (Gustavson 1978).</summary>
internal sealed class SparseAccumulator(int columns)
{
    private readonly float[] _sums = new float[columns];
    private readonly bool[] _touched = new bool[columns];
    private readonly int[] _list = new int[columns];
    private int _count;

    public void AddScaled(float scale, ReadOnlySpan<int> indices, ReadOnlySpan<float> values)
    {
        for (int k = 0; k < indices.Length; k++)
        {
            int c = indices[k];
            if (!_touched[c])
            {
                _touched[c] = true;
                _list[_count++] = c;
            }
            _sums[c] += scale * values[k];
        }
    }

    /// <summary>Makes an entry count as zero.</summary>
    public void Remove(int column) => _sums[column] = 0;

    public void Scale(Func<int, float> factor)
    {
        for (int k = 0; k < _count; k++) _sums[_list[k]] *= factor(_list[k]);
    }

    /// <summary>The largest positive entries, ties to the lower column, by ascending column; the accumulator is empty afterwards.</summary>
    public (int[] Columns, float[] Values) TakeLargest(int most)
    {
        // The root is the entry that the next better one drives out.
        var kept = new PriorityQueue<int, (float Value, int Negated)>(Math.Min(most, _count) + 1);
        for (int k = 0; k < _count; k++)
        {
            int c = _list[k];
            if (!(_sums[c] > 0)) continue;
            if (kept.Count < most) kept.Enqueue(c, (_sums[c], -c));
            else kept.EnqueueDequeue(c, (_sums[c], -c));
        }
        var columnsOut = new int[kept.Count];
        for (int k = 0; k < columnsOut.Length; k++) columnsOut[k] = kept.Dequeue();
        Array.Sort(columnsOut);
        var values = Array.ConvertAll(columnsOut, c => _sums[c]);
        for (int k = 0; k < _count; k++)
        {
            _sums[_list[k]] = 0;
            _touched[_list[k]] = false;
        }
        _count = 0;
        return (columnsOut, values);
    }
}
