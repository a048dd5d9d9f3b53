using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Tests.Shared;

/// <summary>Rows of a place written out by hand, as columns.</summary>
internal static class PlaceColumns
{
    /// <param name="rows">Strings, whole numbers and doubles in the order of the table's columns.</param>
    public static IReadOnlyList<Column> Of(PlaceTable table, params object[][] rows) => [.. table.Columns.Select((field, c) => Of(field, rows, c))];

    private static Column Of(ColumnField field, object[][] rows, int c)
    {
        if (field.Type == ColumnType.Int32) return new ValueColumn<int>(field, rows.Length, [.. rows.Select(r => (int)r[c])]);
        if (field.Type == ColumnType.Double) return new ValueColumn<double>(field, rows.Length, [.. rows.Select(r => Convert.ToDouble(r[c], null))]);
        var texts = new Utf8Rows(field.Name);
        foreach (object[] row in rows) texts.Add((string)row[c]);
        return texts.Column();
    }
}
