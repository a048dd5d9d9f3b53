using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Tables;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Ingest.Rules;

/// <summary>Writes rows that were thrown out, with the reason and the value that was, where it names no person.</summary>
internal sealed class QuarantineFile : IDisposable
{
    private const int RowsAtOnce = 65_536;

    private static readonly ColumnField[] s_columns =
    [
        new("file", ColumnType.Utf8, Nullable: false),
        new("row", ColumnType.Int64, Nullable: false),
        new("reason", ColumnType.Utf8, Nullable: false),
        new("column", ColumnType.Utf8),
        new("value", ColumnType.Utf8),
    ];

    private readonly IParquetFileWriter _writer;
    private readonly TextColumnBuilder _files = new(s_columns[0]);
    private readonly long[] _rows = new long[RowsAtOnce];
    private readonly TextColumnBuilder _reasons = new(s_columns[2]);
    private readonly TextColumnBuilder _names = new(s_columns[3]);
    private readonly TextColumnBuilder _values = new(s_columns[4]);

    public QuarantineFile(IParquetWriter writer, string path) => _writer = writer.Create(path, s_columns);

    public long Count { get; private set; }

    public void Add(string file, long row, RowStatus reason, string? column, ReadOnlySpan<byte> value, bool hasValue = true)
    {
        _rows[_files.Count] = row;
        _files.Add(file);
        _reasons.Add(reason.Name());
        _names.Add(column);
        if (hasValue) _values.Add(value);
        else _values.AddNull();
        Count++;
        if (_files.Count == RowsAtOnce) Flush();
    }

    /// <summary>Rows of a batch that became no event.</summary>
    public void Add(string file, ColumnBatch from, EventBatch batch, EventSourceOptions source, long[] counts)
    {
        Span<byte> text = stackalloc byte[64];
        for (int row = 0; row < batch.RowCount; row++)
        {
            var status = batch.Statuses[row];
            if (status == RowStatus.Kept) continue;
            counts[(int)status]++;
            string? name = OffendingColumn(status, source.Columns, from, batch, row);
            var column = from.Find(name);
            bool hasValue = column is not null && name != source.Columns.User && !column.IsNull(row);
            Add(file, batch.FirstRow + row, status, name, hasValue ? Show(column!, row, text, raw: status != RowStatus.InvalidUtf8) : default, hasValue);
        }
    }

    /// <summary>A row of the item or user table that names none.</summary>
    /// <param name="show">Whether the value may be shown: it names no person.</param>
    public void AddTableRow(string table, ColumnBatch from, int row, RowStatus status, string column, bool show)
    {
        Span<byte> text = stackalloc byte[64];
        var found = from.Find(column);
        bool hasValue = show && found is not null && !found.IsNull(row);
        Add(
            $"{table}:{Path.GetFileName(from.File)}", from.FirstRow + row, status, column,
            hasValue ? Show(found!, row, text, raw: status != RowStatus.InvalidUtf8) : default, hasValue);
    }

    public void Complete()
    {
        Flush();
        _writer.Complete();
    }

    public void Dispose() => _writer.Dispose();

    private void Flush()
    {
        if (_files.Count == 0) return;
        int rows = _files.Count;
        _writer.Append([_files.Take(), new ValueColumn<long>(s_columns[1], rows, _rows), _reasons.Take(), _names.Take(), _values.Take()], rows);
    }

    private static string? OffendingColumn(RowStatus status, EventColumns columns, ColumnBatch from, EventBatch batch, int row) => status switch
    {
        RowStatus.NullUser => columns.User,
        RowStatus.NullItem => columns.Item,
        RowStatus.NullTime or RowStatus.UnreadableTime or RowStatus.TimeOutOfRange => columns.Time,
        RowStatus.UnknownKind => columns.Kind,
        RowStatus.NullValue => columns.Value,
        RowStatus.ImpossibleQuantity => columns.Quantity,
        RowStatus.ImpossiblePrice => columns.Price,
        // A text that was ruled out got no index.
        RowStatus.NonProduct => columns.Text is not null && batch.Texts[row] < 0 && from.Find(columns.Text)?.IsNull(row) == false ? columns.Text : columns.Item,
        // The item's id is judged first: where it has an index, the user's is at fault.
        RowStatus.OversizedId or RowStatus.InvalidUtf8 or RowStatus.UnreadableId => batch.Items[row] < 0 ? columns.Item : columns.User,
        _ => null,
    };

    private static ReadOnlySpan<byte> Show(Column column, int row, Span<byte> into, bool raw)
    {
        switch (column)
        {
            case Utf8Column c when raw:
                var text = c[row];
                return text.Length <= 64 ? text : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text[..48]) + "...");
            case Utf8Column c:
                return Encoding.UTF8.GetBytes(Convert.ToHexString(c[row][..Math.Min(24, c[row].Length)]));
            case ValueColumn<double> c:
                c.Values[row].TryFormat(into, out int written, "R", CultureInfo.InvariantCulture);
                return into[..written];
            case ValueColumn<int> c:
                Utf8Formatter.TryFormat(c.Values[row], into, out written);
                return into[..written];
            case ValueColumn<long> c:
                Utf8Formatter.TryFormat(c.Values[row], into, out written);
                return into[..written];
            default:
                return default;
        }
    }
}
