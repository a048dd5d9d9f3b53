using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>
/// Nulls a mapped column, over the rows that are new this night. Quantity, price and group are a purchase's or a return's, a value is a rating's: rows of other
/// kinds need none and are not counted.
/// </summary>
internal sealed class NullCounts
{
    private readonly SortedDictionary<string, (long Nulls, long Rows)> _counts = new(StringComparer.Ordinal);

    /// <summary>Meaning of the column (User, Item, ...), its share of nulls, and in which rows; NaN where no row should have a value.</summary>
    public IEnumerable<(string Meaning, double Share, string Rows)> Shares =>
        _counts.Select(c => (c.Key, c.Value.Rows == 0 ? double.NaN : (double)c.Value.Nulls / c.Value.Rows, RowsOf(c.Key)));

    /// <param name="batch">The rows decoded as far as their kinds.</param>
    public void Add(EventColumns columns, ColumnBatch from, EventBatch batch)
    {
        foreach (var (meaning, name) in columns.Mapped)
        {
            var column = from.Find(name);
            long nulls = 0, rows = 0;
            for (int row = 0; row < from.RowCount; row++)
            {
                if (!Judges(meaning, batch, row)) continue;
                rows++;
                if (column is null || CellText.IsNull(column, row)) nulls++;
            }
            var (nullsBefore, rowsBefore) = _counts.GetValueOrDefault(meaning);
            _counts[meaning] = (nullsBefore + nulls, rowsBefore + rows);
        }
    }

    private static bool IsPurchases(string meaning) => meaning is nameof(EventColumns.Quantity) or nameof(EventColumns.Price) or nameof(EventColumns.Group);

    private static string RowsOf(string meaning) =>
        IsPurchases(meaning) ? " of purchases and returns" : meaning == nameof(EventColumns.Value) ? " of ratings" : "";

    private static bool Judges(string meaning, EventBatch batch, int row)
    {
        bool purchases = IsPurchases(meaning);
        if (!purchases && meaning != nameof(EventColumns.Value)) return true;
        if (batch.Statuses[row] != RowStatus.Kept) return false;
        return purchases ? batch.Kinds[row] is EventKind.Purchase or EventKind.Return : batch.Kinds[row] == EventKind.Rating;
    }
}
