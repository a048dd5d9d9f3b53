namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// A float32 matrix that lies in someone else's pinned or native memory: element (r, c) is at <c>Data[r * RowStride + c * ColumnStride]</c>.
/// One of the strides is 1, so the transpose and any rectangular part are views as well, without a copy. The memory must outlive the view.
/// </summary>
internal readonly unsafe struct MatrixView
{
    public MatrixView(float* data, long rows, long columns, long rowStride, long columnStride = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (rowStride != 1 && columnStride != 1) throw new ArgumentException("one of the strides must be 1", nameof(rowStride));
        Data = data;
        Rows = rows;
        Columns = columns;
        RowStride = rowStride;
        ColumnStride = columnStride;
    }

    public float* Data { get; }

    public long Rows { get; }

    public long Columns { get; }

    public long RowStride { get; }

    public long ColumnStride { get; }

    public MatrixView Transposed => new(Data, Columns, Rows, ColumnStride, RowStride);

    public ref float this[long row, long column] => ref Data[row * RowStride + column * ColumnStride];

    public MatrixView Part(long row, long column, long rows, long columns)
    {
        if (row < 0 || column < 0 || row + rows > Rows || column + columns > Columns)
            throw new ArgumentOutOfRangeException(nameof(row), $"[{row}, {column}] + {rows} x {columns} leaves a matrix of {Rows} x {Columns}");
        return new(Data + row * RowStride + column * ColumnStride, rows, columns, RowStride, ColumnStride);
    }

    /// <summary>The view of a factor matrix's values without the padding; <paramref name="pinned"/> is its pinned <see cref="FactorMatrix.Values"/>.</summary>
    public static MatrixView Of(FactorMatrix factors, float* pinned) => new(pinned, factors.Rows, factors.Rank, factors.Stride);
}
