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
            var (nulls, rows) = JudgesAll(meaning) && column is not null and not ValueColumn<double>
                ? (column.NullCount, from.RowCount)
                : Count(meaning, column, batch);
            var (nullsBefore, rowsBefore) = _counts.GetValueOrDefault(meaning);
            _counts[meaning] = (nullsBefore + nulls, rowsBefore + rows);
        }
    }

    private static (long Nulls, long Rows) Count(string meaning, Column? column, EventBatch batch)
    {
        long nulls = 0, rows = 0;
        bool all = JudgesAll(meaning), purchases = IsPurchases(meaning);
        for (int row = 0; row < batch.RowCount; row++)
        {
            if (!all && (batch.Statuses[row] != RowStatus.Kept || !HasValue(batch.Kinds[row], purchases))) continue;
            rows++;
            if (column is null || CellText.IsNull(column, row)) nulls++;
        }
        return (nulls, rows);
    }

    private static bool IsPurchases(string meaning) => meaning is nameof(EventColumns.Quantity) or nameof(EventColumns.Price) or nameof(EventColumns.Group);

    private static bool JudgesAll(string meaning) => !IsPurchases(meaning) && meaning != nameof(EventColumns.Value);

    private static string RowsOf(string meaning) =>
        IsPurchases(meaning) ? " of purchases and returns" : meaning == nameof(EventColumns.Value) ? " of ratings" : "";

    private static bool HasValue(EventKind kind, bool purchases) =>
        purchases ? kind is EventKind.Purchase or EventKind.Return : kind == EventKind.Rating;
}
