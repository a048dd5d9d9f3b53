using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Ingest.Tables;

/// <summary>What the item table says of an item.</summary>
internal sealed record ItemEntry(string? Title, string? Category, string? Brand, string? Text, float Price, bool Available, string? Parent);

/// <summary>The item table, by item index; items that no log knows yet get their ids here.</summary>
internal sealed class ItemTable
{
    private static readonly ColumnType[] s_numbers = [ColumnType.Int32, ColumnType.Int64, ColumnType.Double];
    private static readonly ColumnType[] s_flags = [ColumnType.Boolean, .. s_numbers];
    private static readonly ColumnType[] s_texts = [ColumnType.Utf8, ColumnType.Int32, ColumnType.Int64];

    private readonly Dictionary<int, ItemEntry> _entries = [];

    public int Repeated { get; private set; }

    /// <summary>An item that the table has, for a message; -1 where it is empty.</summary>
    public int Example => _entries.Count == 0 ? -1 : _entries.Keys.Min();

    public ItemEntry? this[int item] => _entries.GetValueOrDefault(item);

    public static ItemTable Read(IParquetReader reader, ItemSourceOptions source, IngestOptions options, IdMap items, CancellationToken cancellation)
    {
        var table = new ItemTable();
        var files = reader.Expand(source.Path);
        if (files.Count == 0) throw new ConfigurationException($"Ingest:Items:Path is '{source.Path}', which matches no Parquet file; expected the item table");
        var nonProducts = Patterns.Compile(options.NonProducts, "Ingest:NonProducts");
        var intake = new IdEncoder(items, options.MaxIdBytes, RowStatus.NullItem, options.StripDecimalZero, id => IngestOptions.AnyMatches(nonProducts, id));
        var c = source.Columns;
        foreach (string file in files)
        {
            var columns = new MappedColumns(reader.Inspect(file))
                .Want("Ingest:Items:Columns:Id", c.Id, ColumnType.Utf8, ColumnType.Int32, ColumnType.Int64, ColumnType.Double)
                .Want("Ingest:Items:Columns:Title", c.Title, s_texts)
                .Want("Ingest:Items:Columns:Brand", c.Brand, s_texts)
                .Want("Ingest:Items:Columns:Text", c.Text, s_texts)
                .Want("Ingest:Items:Columns:Price", c.Price, s_numbers)
                .Want("Ingest:Items:Columns:Available", c.Available, s_flags)
                .Want("Ingest:Items:Columns:Parent", c.Parent, s_texts)
                .Want("Ingest:Items:Columns:Stock", c.Stock, s_numbers);
            foreach (string category in c.Category) columns.Want("Ingest:Items:Columns:Category", category, s_texts);
            foreach (var batch in reader.Read(file, columns.Names, cancellation)) table.Add(batch, c, intake);
        }
        return table;
    }

    private void Add(ColumnBatch batch, ItemColumns c, IdEncoder intake)
    {
        var statuses = new RowStatus[batch.RowCount];
        var items = new int[batch.RowCount];
        intake.Take(batch[c.Id!], statuses, items);
        var levels = c.Category.Select(name => batch[name]).ToArray();
        for (int row = 0; row < batch.RowCount; row++)
        {
            if (statuses[row] == RowStatus.NonProduct) continue;
            if (statuses[row] != RowStatus.Kept)
                throw new RunFailedException($"{batch.File}: row {batch.FirstRow + row}: '{c.Id}' is not an item id ({statuses[row].Name()}); every item of the item table needs one");
            string path = string.Join('/', levels.Select(l => Text(l, row)).Where(t => t is not null));
            double price = c.Price is null ? double.NaN : Number(batch[c.Price], row, double.NaN);
            bool available = (c.Available is null || Number(batch[c.Available], row, 1) != 0) && (c.Stock is null || Number(batch[c.Stock], row, 0) > 0);
            var entry = new ItemEntry(
                c.Title is null ? null : Text(batch[c.Title], row),
                path.Length == 0 ? null : path,
                c.Brand is null ? null : Text(batch[c.Brand], row),
                c.Text is null ? null : Text(batch[c.Text], row),
                price >= 0 && double.IsFinite(price) ? (float)price : float.NaN,
                available,
                c.Parent is null ? null : Text(batch[c.Parent], row));
            if (!_entries.TryAdd(items[row], entry))
            {
                Repeated++;
                _entries[items[row]] = entry;
            }
        }
    }

    private static string? Text(Column column, int row)
    {
        if (column.IsNull(row)) return null;
        string text = column switch
        {
            Utf8Column c => Encoding.UTF8.GetString(c[row]).Trim(),
            _ => Number(column, row, 0).ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        return text.Length == 0 ? null : text;
    }

    private static double Number(Column column, int row, double whenNull) => column.IsNull(row) ? whenNull : column switch
    {
        ValueColumn<int> c => c.Values[row],
        ValueColumn<long> c => c.Values[row],
        ValueColumn<double> c => c.Values[row],
        ValueColumn<bool> c => c.Values[row] ? 1 : 0,
        _ => whenNull,
    };
}
