using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Ingest.Tables;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>
/// Reads one source's rows into events. A row gets the first status that applies, in this order: null user, forgotten user; null item or time; time; kind;
/// rating value; quantity; price; text, item and user id.
/// </summary>
internal sealed class EventDecoder
{
    private readonly EventSourceOptions _source;
    private readonly string _key;
    private readonly IngestOptions _options;
    private readonly IdEncoder _users;
    private readonly IdEncoder _items;
    private readonly KindColumn _kinds;
    private readonly ItemTextEncoder _texts;
    private readonly GroupColumn _groups;

    /// <param name="isForgotten">Whether a user, by id, asked to be forgotten; null where nobody did.</param>
    public EventDecoder(
        EventSourceOptions source, int number, IngestOptions options, IngestState state, Func<ReadOnlySpan<byte>, bool>? isForgotten = null)
    {
        _source = source;
        _key = $"Ingest:Events:{number}:Columns";
        _options = options;
        var nonProducts = Patterns.Compile(options.NonProducts, "Ingest:NonProducts");
        _users = new IdEncoder(
            state.Users, options.MaxIdBytes, RowStatus.NullUser, options.StripDecimalZero, isForgotten, RowStatus.Forgotten, judgesKnown: false);
        _items = new IdEncoder(state.Items, options.MaxIdBytes, RowStatus.NullItem, options.StripDecimalZero, id => IngestOptions.AnyMatches(nonProducts, id));
        _kinds = new KindColumn(source);
        _texts = new ItemTextEncoder(state.Texts, Patterns.Compile(options.NonProductTexts, "Ingest:NonProductTexts"));
        _groups = new GroupColumn(source.ReturnGroupPrefix);
    }

    public EventBatch Batch { get; } = new();

    /// <summary>The columns to read of a file, checked against what it has.</summary>
    /// <param name="isElsewhere">Whether another file of the log has a column.</param>
    public MappedColumns ColumnsOf(IParquetReader reader, ParquetFileInfo info, Func<string, bool> isElsewhere)
    {
        var c = _source.Columns;
        return new MappedColumns(reader, info, isElsewhere)
            .Want(_key + ":User", c.User, ColumnRole.Id)
            .Want(_key + ":Item", c.Item, ColumnRole.Id)
            .Want(_key + ":Time", c.Time, ColumnRole.Time)
            .Want(_key + ":Kind", c.Kind, ColumnRole.Kind, mayLack: true)
            .Want(_key + ":Quantity", c.Quantity, ColumnRole.Number, mayLack: true)
            .Want(_key + ":Price", c.Price, ColumnRole.Number, mayLack: true)
            .Want(_key + ":Text", c.Text, ColumnRole.Text, mayLack: true)
            .Want(_key + ":Group", c.Group, ColumnRole.Id, mayLack: true)
            .Want(_key + ":Value", c.Value, ColumnRole.Number, mayLack: true);
    }

    /// <summary>Whether a file has a column of any mapped name.</summary>
    public bool HasAny(ParquetFileInfo info) => _source.Columns.Mapped.Any(m => MappedColumns.Has(info, m.Column));

    /// <summary>Fills <see cref="Batch"/>. A mapped column that the rows do not have is null in all of them.</summary>
    public void Decode(ColumnBatch from, NullCounts nulls)
    {
        var c = _source.Columns;
        var batch = Batch;
        int n = from.RowCount;
        batch.Reset(from.FirstRow, n);
        var statuses = batch.Statuses.AsSpan(0, n);

        MarkNulls(from.Find(c.User), statuses, RowStatus.NullUser);
        _users.RuleOut(from.Find(c.User), statuses, batch.Users.AsSpan(0, n));
        MarkNulls(from.Find(c.Item), statuses, RowStatus.NullItem);
        if (c.Time is not null) TimeColumn.Read(from.Find(c.Time), _source.EpochUnit, statuses, batch.Seconds.AsSpan(0, n));
        _kinds.Read(c.Kind is not null, from.Find(c.Kind), statuses, batch.Kinds.AsSpan(0, n));
        nulls.Add(c, from, batch);
        if (from.Find(c.Group) is { } groups) _groups.Read(groups, batch.Groups.AsSpan(0, n), batch.ReturnMarks.AsSpan(0, n));
        NumberColumn.Read(from.Find(c.Quantity), batch.Amounts.AsSpan(0, n), whenNull: 1f);
        NumberColumn.ReadExact(from.Find(c.Price), batch.Prices.AsSpan(0, n), whenNull: double.NaN);
        NumberColumn.Read(from.Find(c.Value), batch.Values.AsSpan(0, n), whenNull: float.NaN);
        CheckAmounts(n);
        if (from.Find(c.Text) is { } texts) _texts.Read(texts, statuses, batch.Texts.AsSpan(0, n));
        _items.Take(from.Find(c.Item), statuses, batch.Items.AsSpan(0, n));
        _users.Take(from.Find(c.User), statuses, batch.Users.AsSpan(0, n));
    }

    private static void MarkNulls(Column? column, Span<RowStatus> statuses, RowStatus whenNull)
    {
        if (column is { Validity: null }) return;
        for (int row = 0; row < statuses.Length; row++)
            if (statuses[row] == RowStatus.Kept && (column is null || column.IsNull(row))) statuses[row] = whenNull;
    }

    private void CheckAmounts(int n)
    {
        var batch = Batch;
        bool prefixRules = _source.ReturnGroupPrefix is not null;
        float most = (float)_options.MaxQuantity;
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
            double price = batch.Prices[row];
            bool priced = !double.IsNaN(price);
            if (status == RowStatus.Kept && priced && !(price >= _options.MinPrice && price <= _options.MaxPrice)) status = RowStatus.ImpossiblePrice;
        }
    }
}
