using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Tests.Runs.Delta;

/// <summary>A row of the generated shop's item table, and pieces in stock beside it.</summary>
internal sealed record DeltaItem(long Id, string Title, string Category, string Brand, double Price, int Stock = 1);

/// <summary>The item table of <see cref="DeltaShop"/>, written anew with other values.</summary>
internal static class DeltaItems
{
    private static readonly ColumnField[] Fields =
    [
        new("item_id", ColumnType.Int64), new("title", ColumnType.Utf8), new("category", ColumnType.Utf8), new("brand", ColumnType.Utf8),
        new("price", ColumnType.Double), new("stock", ColumnType.Int32),
    ];

    public static void Change(string log, Func<DeltaItem, DeltaItem> change)
    {
        string file = Path.Combine(log, "items.parquet");
        var items = new List<DeltaItem>();
        foreach (var batch in ParquetFiles.Reader().Read(file))
        {
            var (ids, prices) = (batch.Column<ValueColumn<long>>("item_id"), batch.Column<ValueColumn<double>>("price"));
            var stock = batch.Find("stock") as ValueColumn<int>;
            string Text(string column, int row) => Encoding.UTF8.GetString(batch.Column<Utf8Column>(column)[row]);
            for (int row = 0; row < batch.RowCount; row++)
            {
                items.Add(change(new DeltaItem(
                    ids.Values[row], Text("title", row), Text("category", row), Text("brand", row), prices.Values[row], stock?.Values[row] ?? 1)));
            }
        }
        int rows = items.Count;
        using var to = ParquetFiles.Writer().Create(file, Fields);
        to.Append(
            [
                new ValueColumn<long>(Fields[0], rows, [.. items.Select(i => i.Id)]),
                Texts(Fields[1], items.Select(i => i.Title)),
                Texts(Fields[2], items.Select(i => i.Category)),
                Texts(Fields[3], items.Select(i => i.Brand)),
                new ValueColumn<double>(Fields[4], rows, [.. items.Select(i => i.Price)]),
                new ValueColumn<int>(Fields[5], rows, [.. items.Select(i => i.Stock)]),
            ],
            rows);
        to.Complete();
    }

    private static Utf8Column Texts(ColumnField field, IEnumerable<string> values)
    {
        var bytes = values.Select(Encoding.UTF8.GetBytes).ToList();
        var offsets = new int[bytes.Count + 1];
        for (int i = 0; i < bytes.Count; i++) offsets[i + 1] = offsets[i] + bytes[i].Length;
        return new Utf8Column(field, bytes.Count, offsets, [.. bytes.SelectMany(b => b)]);
    }
}
