using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Ingest.Tables;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>
/// Reads one source's rows into events. A row gets the first status that applies, in this order: null user, item or time; time; kind; rating
/// value; quantity; price; text, item and user id.
/// </summary>
internal sealed class EventDecoder
{
    private static readonly ColumnType[] s_ids = [ColumnType.Utf8, ColumnType.Int32, ColumnType.Int64, ColumnType.Double];
    private static readonly ColumnType[] s_numbers = [ColumnType.Int32, ColumnType.Int64, ColumnType.Double];

    private readonly EventSourceOptions _source;
    private readonly string _key;
    private readonly IngestOptions _options;
    private readonly IdEncoder _users;
    private readonly IdEncoder _items;
    private readonly KindColumn _kinds;
    private readonly ItemTextEncoder _texts;
    private readonly GroupColumn _groups;

    public EventDecoder(EventSourceOptions source, int number, IngestOptions options, IngestState state)
    {
        _source = source;
        _key = $"Ingest:Events:{number}:Columns";
        _options = options;
        var nonProducts = Patterns.Compile(options.NonProducts, "Ingest:NonProducts");
        _users = new IdEncoder(state.Users, options.MaxIdBytes, RowStatus.NullUser, options.StripDecimalZero);
        _items = new IdEncoder(state.Items, options.MaxIdBytes, RowStatus.NullItem, options.StripDecimalZero, id => IngestOptions.AnyMatches(nonProducts, id));
        _kinds = new KindColumn(source);
        _texts = new ItemTextEncoder(state.Texts, Patterns.Compile(options.NonProductTexts, "Ingest:NonProductTexts"));
        _groups = new GroupColumn(source.ReturnGroupPrefix);
    }

    public EventBatch Batch { get; } = new();

    /// <summary>The columns to read of a file, checked against what it has.</summary>
    public IReadOnlyList<string> ColumnsOf(ParquetFileInfo info)
    {
        var c = _source.Columns;
        return new MappedColumns(info)
            .Want(_key + ":User", c.User, s_ids)
            .Want(_key + ":Item", c.Item, s_ids)
            .Want(_key + ":Time", c.Time, TimeColumn.Types)
            .Want(_key + ":Kind", c.Kind, ColumnType.Utf8, ColumnType.Int32, ColumnType.Int64, ColumnType.Boolean)
            .Want(_key + ":Quantity", c.Quantity, s_numbers)
            .Want(_key + ":Price", c.Price, s_numbers)
            .Want(_key + ":Text", c.Text, ColumnType.Utf8)
            .Want(_key + ":Group", c.Group, ColumnType.Utf8, ColumnType.Int32, ColumnType.Int64)
            .Want(_key + ":Value", c.Value, s_numbers)
            .Names;
    }

    /// <summary>Fills <see cref="Batch"/>.</summary>
    public void Decode(ColumnBatch from, NullCounts nulls)
    {
        var c = _source.Columns;
        var batch = Batch;
        int n = from.RowCount;
        batch.Reset(from.FirstRow, n);
        var statuses = batch.Statuses.AsSpan(0, n);
        nulls.Add(_source.Columns, from);

        MarkNulls(from[c.User!], statuses, RowStatus.NullUser);
        MarkNulls(from[c.Item!], statuses, RowStatus.NullItem);
        if (c.Time is not null) TimeColumn.Read(from[c.Time], _source.EpochUnit, statuses, batch.Seconds.AsSpan(0, n));
        _kinds.Read(c.Kind is null ? null : from[c.Kind], statuses, batch.Kinds.AsSpan(0, n));
        if (c.Group is not null) _groups.Read(from[c.Group], batch.Groups.AsSpan(0, n), batch.ReturnMarks.AsSpan(0, n));
        if (c.Quantity is not null) NumberColumn.Read(from[c.Quantity], batch.Amounts.AsSpan(0, n), whenNull: 1f);
        if (c.Price is not null) NumberColumn.Read(from[c.Price], batch.Prices.AsSpan(0, n), whenNull: float.NaN);
        if (c.Value is not null) NumberColumn.Read(from[c.Value], batch.Values.AsSpan(0, n), whenNull: float.NaN);
        CheckAmounts(n, hasPrice: c.Price is not null ? from[c.Price] : null);
        if (c.Text is not null) _texts.Read((Utf8Column)from[c.Text], statuses, batch.Texts.AsSpan(0, n));
        _items.Take(from[c.Item!], statuses, batch.Items.AsSpan(0, n));
        _users.Take(from[c.User!], statuses, batch.Users.AsSpan(0, n));
    }

    private static void MarkNulls(Column column, Span<RowStatus> statuses, RowStatus whenNull)
    {
        if (column.Validity is null) return;
        for (int row = 0; row < statuses.Length; row++)
            if (statuses[row] == RowStatus.Kept && column.IsNull(row)) statuses[row] = whenNull;
    }

    private void CheckAmounts(int n, Column? hasPrice)
    {
        var batch = Batch;
        bool prefixRules = _source.ReturnGroupPrefix is not null;
        float most = (float)_options.MaxQuantity;
        float dearest = (float)_options.MaxPrice;
        float cheapest = (float)_options.MinPrice;
        for (int row = 0; row < n; row++)
        {
            ref var status = ref batch.Statuses[row];
            if (status != RowStatus.Kept) continue;
            ref var kind = ref batch.Kinds[row];
            ref float amount = ref batch.Amounts[row];
            if (kind == EventKind.Rating)
            {
                amount = batch.Values[row];
                if (!float.IsFinite(amount)) status = RowStatus.NullValue;
            }
            else
            {
                bool isReturn = kind == EventKind.Return
                    || (kind == EventKind.Purchase && (prefixRules ? batch.ReturnMarks[row] : amount < 0 && _source.NegativeQuantityIsReturn));
                if (isReturn)
                {
                    kind = EventKind.Return;
                    amount = Math.Abs(amount);
                }
                if (!(amount > 0 && amount <= most)) status = RowStatus.ImpossibleQuantity;
            }
            float price = batch.Prices[row];
            bool priced = hasPrice is not null && !hasPrice.IsNull(row);
            if (status == RowStatus.Kept && priced && !(price >= cheapest && price <= dearest)) status = RowStatus.ImpossiblePrice;
        }
    }
}
