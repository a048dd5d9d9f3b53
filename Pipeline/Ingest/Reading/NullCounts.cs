using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>Nulls a mapped column, over the rows that are new this night.</summary>
internal sealed class NullCounts
{
    private readonly SortedDictionary<string, (long Nulls, long Rows)> _counts = new(StringComparer.Ordinal);

    /// <summary>Meaning of the column (User, Item, ...) and its share of nulls.</summary>
    public IEnumerable<(string Meaning, double Share)> Shares => _counts.Select(c => (c.Key, c.Value.Rows == 0 ? 0 : (double)c.Value.Nulls / c.Value.Rows));

    public void Add(EventColumns columns, ColumnBatch batch)
    {
        Add(nameof(columns.User), columns.User, batch);
        Add(nameof(columns.Item), columns.Item, batch);
        Add(nameof(columns.Time), columns.Time, batch);
        Add(nameof(columns.Kind), columns.Kind, batch);
        Add(nameof(columns.Quantity), columns.Quantity, batch);
        Add(nameof(columns.Price), columns.Price, batch);
        Add(nameof(columns.Text), columns.Text, batch);
        Add(nameof(columns.Group), columns.Group, batch);
        Add(nameof(columns.Value), columns.Value, batch);
    }

    private void Add(string meaning, string? column, ColumnBatch batch)
    {
        if (column is null) return;
        var (nulls, rows) = _counts.GetValueOrDefault(meaning);
        _counts[meaning] = (nulls + batch[column].NullCount, rows + batch.RowCount);
    }
}
