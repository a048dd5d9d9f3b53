namespace Recsys.Batch.Pipeline.Data;

/// <summary>Pairs of users and items as sets: rows whose values do not matter.</summary>
internal static class PairSets
{
    /// <summary>The pairs of both; where one of them is null or empty, the other as it is.</summary>
    public static SparseRows? Union(SparseRows? a, SparseRows? b)
    {
        if (a is null || a.Count == 0) return b ?? a;
        if (b is null || b.Count == 0) return a;
        ArgumentOutOfRangeException.ThrowIfNotEqual(b.Rows, a.Rows);
        ArgumentOutOfRangeException.ThrowIfNotEqual(b.Columns, a.Columns);
        var pointers = new int[a.Rows + 1];
        var indices = new List<int>(a.Count + b.Count);
        for (int row = 0; row < a.Rows; row++)
        {
            var left = a.RowIndices(row);
            var right = b.RowIndices(row);
            int l = 0, r = 0;
            while (l < left.Length || r < right.Length)
            {
                bool takeLeft = r == right.Length || (l < left.Length && left[l] <= right[r]);
                int item = takeLeft ? left[l] : right[r];
                if (l < left.Length && left[l] == item) l++;
                if (r < right.Length && right[r] == item) r++;
                indices.Add(item);
            }
            pointers[row + 1] = indices.Count;
        }
        return Ones(a.Rows, a.Columns, pointers, [.. indices]);
    }

    /// <summary>The pairs whose item is below <paramref name="columns"/>.</summary>
    public static SparseRows? Below(SparseRows? pairs, int columns)
    {
        if (pairs is null || pairs.Columns == columns) return pairs;
        var pointers = new int[pairs.Rows + 1];
        var indices = new List<int>(pairs.Count);
        for (int row = 0; row < pairs.Rows; row++)
        {
            foreach (int item in pairs.RowIndices(row))
                if (item < columns) indices.Add(item);
            pointers[row + 1] = indices.Count;
        }
        return Ones(pairs.Rows, columns, pointers, [.. indices]);
    }

    public static SparseRows Ones(int rows, int columns, int[] pointers, int[] indices)
    {
        var ones = new float[indices.Length];
        Array.Fill(ones, 1f);
        return new SparseRows(rows, columns, pointers, indices, ones);
    }
}
