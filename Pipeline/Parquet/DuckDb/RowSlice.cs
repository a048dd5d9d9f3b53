using System.Text.Unicode;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet.DuckDb;

/// <summary>A copy of some rows, so that the producer may use its arrays again while they are encoded.</summary>
internal sealed record RowSlice(int Rows, IReadOnlyList<ColumnSlice> Columns)
{
    public static RowSlice Of(IReadOnlyList<Column> columns, int first, int rows) =>
        new(rows, [.. columns.Select(c => ColumnSlice.Of(c, first, rows))]);
}

/// <param name="Values">An array of the column's element type; of UTF-8 columns the bytes.</param>
/// <param name="Offsets">Of UTF-8 columns rows + 1 offsets into the bytes.</param>
/// <param name="Present">One bool a row, or null where no row is null.</param>
internal sealed record ColumnSlice(Array Values, int[]? Offsets, bool[]? Present)
{
    public static ColumnSlice Of(Column column, int first, int rows)
    {
        bool[]? present = null;
        if (column.Validity is not null)
        {
            present = new bool[rows];
            for (int row = 0; row < rows; row++) present[row] = !column.IsNull(first + row);
        }
        return column switch
        {
            ValueColumn<int> c => new(c.Values.Slice(first, rows).ToArray(), null, present),
            ValueColumn<long> c => new(c.Values.Slice(first, rows).ToArray(), null, present),
            ValueColumn<double> c => new(c.Values.Slice(first, rows).ToArray(), null, present),
            ValueColumn<bool> c => new(c.Values.Slice(first, rows).ToArray(), null, present),
            Utf8Column c => OfText(c, first, rows, present),
            _ => throw new ArgumentException($"column '{column.Field.Name}' is of an unknown kind ({column.GetType().Name})", nameof(column)),
        };
    }

    private static ColumnSlice OfText(Utf8Column column, int first, int rows, bool[]? present)
    {
        int start = column.Offsets[first];
        var bytes = column.Bytes[start..column.Offsets[first + rows]].ToArray();
        var offsets = column.Offsets.Slice(first, rows + 1).ToArray();
        if (start != 0)
            for (int i = 0; i < offsets.Length; i++) offsets[i] -= start;
        // Files with broken text are refused by most readers, so none is written.
        if (!Utf8.IsValid(bytes)) throw new ArgumentException($"column '{column.Field.Name}' holds bytes that are no UTF-8 text", nameof(column));
        return new(bytes, offsets, present);
    }
}
