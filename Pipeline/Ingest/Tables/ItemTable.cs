using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest.Tables;

/// <summary>What the item table says of an item.</summary>
internal sealed record ItemEntry(string? Title, string? Category, string? Brand, string? Text, double Price, bool Available, ulong Parent, uint? Added);

/// <summary>The item table, by item index; items that no log knows yet get their ids here.</summary>
internal sealed class ItemTable
{
    private readonly Dictionary<int, ItemEntry> _entries = [];
    private readonly Dictionary<int, string?[]> _attributes = [];
    private AttributeTable? _lastAttributes;
    private readonly SortedDictionary<string, long> _nulls = new(StringComparer.Ordinal);
    private readonly List<string> _strangeFlags = [];
    private long _flags, _strange;

    public int Repeated { get; private set; }

    /// <summary>Rows of the table, those without a usable id included.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows without a usable id: they are left out, and stand in quarantine.</summary>
    public long Unusable { get; private set; }

    /// <summary>Share of nulls a mapped column, by its meaning (Title, Price, ...).</summary>
    public IEnumerable<(string Meaning, double Share)> NullShares => _nulls.Select(n => (n.Key, Rows == 0 ? 0 : (double)n.Value / Rows));

    /// <summary>An item that the table has, for a message; -1 where it is empty.</summary>
    public int Example => _entries.Count == 0 ? -1 : _entries.Keys.Min();

    /// <summary>It is what the last night's catalog says, whose <see cref="Catalog.Added"/> is the first event where the table was silent.</summary>
    public bool IsStandIn { get; private set; }

    /// <summary>What rules go by, for all items there are; null where no such column is mapped.</summary>
    public AttributeTable? Attributes(ItemColumns columns, int items)
    {
        var names = columns.ForRules();
        if (names.Count == 0) return null;
        // As the last night read them, where it stands in: a recalled item stays recalled.
        if (IsStandIn && _lastAttributes is { } last) return last.Of([.. Enumerable.Range(0, items)], names.Select(n => n.Name));
        var table = new AttributeTable(names.Select(n => n.Name), items);
        foreach (var (item, values) in _attributes)
            foreach (var (at, (name, _)) in names.Index()) table[name][item] = values[at];
        return table;
    }

    public ItemEntry? this[int item] => _entries.GetValueOrDefault(item);

    /// <param name="last">The catalog that the last night made, by item index; null where there was none.</param>
    public static ItemTable Read(
        IParquetReader reader, TableFiles tables, ItemSourceOptions source, IngestOptions options, IdMap items, Func<Catalog>? last, QuarantineFile quarantine,
        StageContext context, AttributeTable? lastAttributes = null)
    {
        var table = new ItemTable { _lastAttributes = lastAttributes };
        var files = reader.Expand(source.Path);
        if (files.Count == 0) throw new ConfigurationException($"Ingest:Items:Path is '{source.Path}', which matches no Parquet file; expected the item table");
        var nonProducts = Patterns.Compile(options.NonProducts, "Ingest:NonProducts");
        var intake = new IdEncoder(items, options.MaxIdBytes, RowStatus.NullItem, options.StripDecimalZero, id => IngestOptions.AnyMatches(nonProducts, id));
        if (tables.Open("the item table", files, last is not null, columns => Map(columns, source.Columns)) is not { } opened)
        {
            table.Take(last!());
            return table;
        }
        foreach (var columns in opened)
            foreach (var batch in columns.Read(context.Cancellation)) table.Add(batch, source, intake, quarantine);
        table.Judge(source, context);
        return table;
    }

    private static MappedColumns Map(MappedColumns columns, ItemColumns c)
    {
        columns
            .Want("Ingest:Items:Columns:Id", c.Id, ColumnRole.Id)
            .Want("Ingest:Items:Columns:Title", c.Title, ColumnRole.Text, mayLack: true)
            .Want("Ingest:Items:Columns:Brand", c.Brand, ColumnRole.Text, mayLack: true)
            .Want("Ingest:Items:Columns:Text", c.Text, ColumnRole.Text, mayLack: true)
            .Want("Ingest:Items:Columns:Price", c.Price, ColumnRole.Number, mayLack: true)
            .Want("Ingest:Items:Columns:Available", c.Available, ColumnRole.Flag, mayLack: true)
            .Want("Ingest:Items:Columns:Parent", c.Parent, ColumnRole.Text, mayLack: true)
            .Want("Ingest:Items:Columns:Added", c.Added, ColumnRole.Time, mayLack: true)
            .Want("Ingest:Items:Columns:Stock", c.Stock, ColumnRole.Number, mayLack: true)
            .Want("Ingest:Items:Columns:Margin", c.Margin, ColumnRole.Number, mayLack: true);
        columns.Want("Ingest:Items:Columns:Seller", c.Seller, ColumnRole.Text, mayLack: true);
        foreach (string attribute in c.Attributes) columns.Want("Ingest:Items:Columns:Attributes", attribute, ColumnRole.Text, mayLack: true);
        foreach (string category in c.Category) columns.Want("Ingest:Items:Columns:Category", category, ColumnRole.Text, mayLack: true);
        return columns;
    }

    private void Take(Catalog last)
    {
        IsStandIn = true;
        for (int i = 0; i < last.Items; i++)
        {
            _entries[i] = new ItemEntry(
                last.Titles[i], last.Categories[i], last.Brands[i], last.Texts?[i], last.Prices[i], last.Available[i], last.Parents?[i] ?? 0,
                last.Added?[i] is > 0 and var added ? added : null);
        }
    }

    private void Judge(ItemSourceOptions source, StageContext context)
    {
        if (Unusable > 0 && Unusable == Rows)
        {
            throw new RunFailedException(
                $"none of the {Rows:N0} rows of the item table {source.Path} has an item id in '{source.Columns.Id}'; look at Ingest:Items:Columns:Id");
        }
        if (Unusable > 0)
            context.Progress.Note($"{Unusable:N0} of {Rows:N0} rows of the item table have no usable id and are left out; the quarantine names them");
        if (_strange == 0) return;
        string those = string.Join(", ", _strangeFlags.Select(f => $"'{f}'"));
        if (_strange == _flags)
        {
            throw new ConfigurationException(
                $"Ingest:Items:Columns:Available is '{source.Columns.Available}', whose values say neither yes nor no ({those}); expected a boolean, "
                + $"a number (0 is no) or words such as Y and N: map another column");
        }
        context.Progress.Note(
            $"{_strange:N0} rows of the item table have a value of '{source.Columns.Available}' that says neither yes nor no ({those}); "
            + $"they count as available");
    }

    private void Add(ColumnBatch batch, ItemSourceOptions source, IdEncoder intake, QuarantineFile quarantine)
    {
        var c = source.Columns;
        var statuses = new RowStatus[batch.RowCount];
        var items = new int[batch.RowCount];
        intake.Take(batch.Find(c.Id), statuses, items);
        var levels = c.Category.Select(batch.Find).ToArray();
        var (title, brand, words) = (batch.Find(c.Title), batch.Find(c.Brand), batch.Find(c.Text));
        var (priced, listed, stocked) = (batch.Find(c.Price), batch.Find(c.Available), batch.Find(c.Stock));
        var (dated, since) = (new RowStatus[batch.RowCount], new uint[batch.RowCount]);
        var further = c.ForRules().Select(a => batch.Find(a.Column)).ToArray();
        TimeColumn.Read(batch.Find(c.Added), source.EpochUnit, dated, since);
        for (int row = 0; row < batch.RowCount; row++)
        {
            Rows++;
            if (statuses[row] == RowStatus.NonProduct) continue;
            if (statuses[row] != RowStatus.Kept)
            {
                Unusable++;
                quarantine.AddTableRow("items", batch, row, statuses[row], c.Id!, show: true);
                continue;
            }
            string path = string.Join('/', levels.Select(l => CellText.Shown(l, row)).Where(t => t is not null));
            double price = NumberColumn.Of(priced, row, double.NaN);
            bool available = Flag(listed, row) && (c.Stock is null || NumberColumn.Of(stocked, row, 0) > 0);
            var entry = new ItemEntry(
                CellText.Shown(title, row),
                path.Length == 0 ? null : path,
                CellText.Shown(brand, row),
                CellText.Shown(words, row),
                price >= 0 && double.IsFinite(price) ? price : double.NaN,
                available,
                CellText.Shown(batch.Find(c.Parent), row) is { } parent ? ProductHash.Of(parent) : 0,
                dated[row] == RowStatus.Kept ? since[row] : null);
            Count(nameof(ItemColumns.Title), c.Title, entry.Title is null);
            Count(nameof(ItemColumns.Category), c.Category.FirstOrDefault(), entry.Category is null);
            Count(nameof(ItemColumns.Brand), c.Brand, entry.Brand is null);
            Count(nameof(ItemColumns.Text), c.Text, entry.Text is null);
            Count(nameof(ItemColumns.Price), c.Price, double.IsNaN(entry.Price));
            Count(nameof(ItemColumns.Added), c.Added, entry.Added is null);
            Count(nameof(ItemColumns.Available), c.Available, listed is null || CellText.IsNull(listed, row));
            Count(nameof(ItemColumns.Stock), c.Stock, stocked is null || CellText.IsNull(stocked, row));
            if (further.Length > 0) _attributes[items[row]] = Array.ConvertAll(further, column => CellText.Shown(column, row));
            if (!_entries.TryAdd(items[row], entry))
            {
                Repeated++;
                _entries[items[row]] = entry;
            }
        }
    }

    private void Count(string meaning, string? column, bool isNull)
    {
        if (column is not null) _nulls[meaning] = _nulls.GetValueOrDefault(meaning) + (isNull ? 1 : 0);
    }

    private bool Flag(Column? column, int row)
    {
        if (column is null) return true;
        bool? flag = FlagText.Of(column, row, out bool understood);
        _flags += flag is null && understood ? 0 : 1;
        if (understood) return flag ?? true;
        _strange++;
        if (_strangeFlags.Count < 3 && CellText.Shown(column, row) is { } shown && !_strangeFlags.Contains(shown)) _strangeFlags.Add(shown);
        return true;
    }
}
