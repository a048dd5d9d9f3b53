using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Publish;

/// <summary>The rows of one place on their way into a version, in ordinal order of the key.</summary>
/// <param name="Portions">Batches with the table's columns; read once, and only where they are wanted.</param>
internal sealed record PlacePortions(PlaceTable Table, IEnumerable<ColumnBatch> Portions)
{
    /// <summary>The columns of a batch as the table has them, in its order.</summary>
    public static IReadOnlyList<Column> Of(PlaceTable table, ColumnBatch batch)
    {
        int[] all = [.. Enumerable.Range(0, batch.RowCount)];
        return [.. table.Columns.Select(field => PickedRows.Of(batch[field.Name], field, all))];
    }
}

/// <summary>One row of a place, as readers get it.</summary>
/// <param name="Values">Strings, whole numbers (<c>int</c>) and doubles, aligned with the table's columns.</param>
internal sealed record PlaceRow(PlaceTable Table, IReadOnlyList<object> Values)
{
    public string Key => (string)Values[0];

    public string ItemId => (string)this[Table.Item];

    public int Rank => (int)this["rank"];

    public double Score => (double)this[Table.Score];

    public object this[string column]
    {
        get
        {
            for (int c = 0; c < Values.Count; c++)
                if (Table.Columns[c].Name == column) return Values[c];
            throw new KeyNotFoundException($"{Table.Name} has no column '{column}'; it has {string.Join(", ", Table.Columns.Select(c => c.Name))}");
        }
    }
}

/// <param name="Rows">In the order of the table's key, never empty.</param>
/// <param name="Titles">Of the items that are shown; unknown ones are left out.</param>
internal sealed record PublishedPlace(VersionTag Tag, IReadOnlyList<PlaceRow> Rows, IReadOnlyDictionary<string, ItemTitle> Titles)
{
    public string Version => Tag.Version;
}
