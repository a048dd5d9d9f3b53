using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Publish;

/// <summary>Some rows of a column of a version's tables, whose numbers hold no nulls.</summary>
internal static class PickedRows
{
    public static Column Of(Column column, ColumnField field, int[] rows) => column switch
    {
        Utf8Column text => Of(text, field, rows),
        ValueColumn<int> c => new ValueColumn<int>(field, rows.Length, Array.ConvertAll(rows, row => c.Values[row])),
        ValueColumn<long> c => new ValueColumn<long>(field, rows.Length, Array.ConvertAll(rows, row => c.Values[row])),
        ValueColumn<double> c => new ValueColumn<double>(field, rows.Length, Array.ConvertAll(rows, row => c.Values[row])),
        _ => throw new InvalidOperationException($"column '{field.Name}' is of type {field.Type}, which no table of a version has"),
    };

    private static Utf8Column Of(Utf8Column column, ColumnField field, int[] rows)
    {
        var offsets = new int[rows.Length + 1];
        for (int i = 0; i < rows.Length; i++) offsets[i + 1] = offsets[i] + column[rows[i]].Length;
        var bytes = new byte[offsets[^1]];
        for (int i = 0; i < rows.Length; i++) column[rows[i]].CopyTo(bytes.AsSpan(offsets[i]));
        return new Utf8Column(field, rows.Length, offsets, bytes, column.Validity is null ? null : Validity(column, rows));
    }

    private static ulong[] Validity(Utf8Column column, int[] rows)
    {
        var known = new ulong[(rows.Length + 63) / 64];
        for (int i = 0; i < rows.Length; i++)
            if (!column.IsNull(rows[i])) known[i >> 6] |= 1UL << (i & 63);
        return known;
    }
}
