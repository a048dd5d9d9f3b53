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
        foreach (var (meaning, column) in columns.Mapped) Add(meaning, column, batch);
    }

    private void Add(string meaning, string column, ColumnBatch batch)
    {
        var (nulls, rows) = _counts.GetValueOrDefault(meaning);
        _counts[meaning] = (nulls + batch[column].NullCount, rows + batch.RowCount);
    }
}
