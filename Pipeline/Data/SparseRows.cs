namespace Recsys.Batch.Pipeline.Data;

/// <summary>
/// A sparse float32 matrix in CSR: row r holds <c>Indices[Pointers[r]..Pointers[r + 1]]</c>, ascending and without repeats, and the aligned <c>Values</c>.
/// </summary>
internal sealed class SparseRows
{
    public SparseRows(int rows, int columns, int[] pointers, int[] indices, float[] values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pointers.Length, rows + 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(indices.Length, pointers[rows]);
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Length, pointers[rows]);
        Rows = rows;
        Columns = columns;
        Pointers = pointers;
        Indices = indices;
        Values = values;
    }

    public int Rows { get; }

    public int Columns { get; }

    public int Count => Pointers[Rows];

    public int[] Pointers { get; }

    public int[] Indices { get; }

    public float[] Values { get; }

    public int RowLength(int row) => Pointers[row + 1] - Pointers[row];

    public ReadOnlySpan<int> RowIndices(int row) => Indices.AsSpan(Pointers[row], RowLength(row));

    public ReadOnlySpan<float> RowValues(int row) => Values.AsSpan(Pointers[row], RowLength(row));

    /// <summary>The transpose, by counting sort: rows of the result are ascending because rows of the source are visited in order.</summary>
    public SparseRows Transpose()
    {
        var pointers = new int[Columns + 1];
        for (int k = 0; k < Count; k++) pointers[Indices[k] + 1]++;
        for (int c = 0; c < Columns; c++) pointers[c + 1] += pointers[c];
        var next = pointers.AsSpan(0, Columns).ToArray();
        var indices = new int[Count];
        var values = new float[Count];
        for (int r = 0; r < Rows; r++)
        {
            for (int k = Pointers[r]; k < Pointers[r + 1]; k++)
            {
                int at = next[Indices[k]]++;
                indices[at] = r;
                values[at] = Values[k];
            }
        }
        return new SparseRows(Columns, Rows, pointers, indices, values);
    }

    /// <summary>
    /// Builds CSR from triplets in any order. Repeats of a pair are summed, in the order given, so equal inputs give equal bits.
    /// </summary>
    public static SparseRows FromTriplets(int rows, int columns, ReadOnlySpan<int> rowOf, ReadOnlySpan<int> columnOf, ReadOnlySpan<float> valueOf)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(columnOf.Length, rowOf.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(valueOf.Length, rowOf.Length);
        int n = rowOf.Length;
        var pointers = new int[rows + 1];
        foreach (int r in rowOf) pointers[r + 1]++;
        for (int r = 0; r < rows; r++) pointers[r + 1] += pointers[r];
        var next = pointers.AsSpan(0, rows).ToArray();
        var indices = new int[n];
        var values = new float[n];
        for (int k = 0; k < n; k++)
        {
            int at = next[rowOf[k]]++;
            indices[at] = columnOf[k];
            values[at] = valueOf[k];
        }
        return Compact(rows, columns, pointers, indices, values);
    }

    private static SparseRows Compact(int rows, int columns, int[] pointers, int[] indices, float[] values)
    {
        int kept = 0;
        int start = 0;
        var keys = Array.Empty<long>();
        var rowValues = Array.Empty<float>();
        for (int r = 0; r < rows; r++)
        {
            int end = pointers[r + 1];
            int length = end - start;
            if (keys.Length < length)
            {
                Array.Resize(ref keys, length * 2);
                Array.Resize(ref rowValues, length * 2);
            }
            for (int k = 0; k < length; k++)
            {
                // The position is part of the key: an unstable sort then keeps the order given.
                keys[k] = ((long)indices[start + k] << 32) | (uint)k;
                rowValues[k] = values[start + k];
            }
            keys.AsSpan(0, length).Sort();
            int rowStart = kept;
            for (int k = 0; k < length; k++)
            {
                int column = (int)(keys[k] >> 32);
                float value = rowValues[(int)keys[k]];
                if (kept > rowStart && indices[kept - 1] == column) values[kept - 1] += value;
                else
                {
                    indices[kept] = column;
                    values[kept++] = value;
                }
            }
            pointers[r] = rowStart;
            start = end;
        }
        pointers[rows] = kept;
        return new SparseRows(rows, columns, pointers, indices[..kept], values[..kept]);
    }
}
