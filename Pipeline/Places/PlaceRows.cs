using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Places;

/// <summary>
/// Rows of a place on their way to a file: one call a value, in the order of the columns. They are written in portions, so memory does not grow with the table;
/// without a row there is no file.
/// </summary>
/// <param name="open">Makes the file.</param>
internal sealed class PlaceRows(PlaceTable table, Func<IParquetFileWriter> open, int rowsAtOnce = PlaceRows.RowsAtOnce) : IDisposable
{
    private const int RowsAtOnce = 50_000;

    private readonly Utf8Rows?[] _texts = [.. table.Columns.Select(c => c.Type == ColumnType.Utf8 ? new Utf8Rows(c.Name) : null)];
    private readonly List<int>?[] _wholes = [.. table.Columns.Select(c => c.Type == ColumnType.Int32 ? new List<int>() : null)];
    private readonly List<double>?[] _numbers = [.. table.Columns.Select(c => c.Type == ColumnType.Double ? new List<double>() : null)];
    private IParquetFileWriter? _file;
    private int _column;
    private int _pending;

    public long Count { get; private set; }

    public PlaceRows Put(ReadOnlySpan<byte> utf8)
    {
        _texts[_column]!.Add(utf8);
        return Next();
    }

    public PlaceRows Put(string text)
    {
        _texts[_column]!.Add(text);
        return Next();
    }

    public PlaceRows Put(int value)
    {
        _wholes[_column]!.Add(value);
        return Next();
    }

    public PlaceRows Put(double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentOutOfRangeException(nameof(value), value, $"{table.Name}.{table.Columns[_column].Name} is not finite");
        _numbers[_column]!.Add(value);
        return Next();
    }

    public void Complete()
    {
        Flush();
        _file?.Complete();
    }

    public void Dispose() => _file?.Dispose();

    private PlaceRows Next()
    {
        if (++_column < table.Columns.Count) return this;
        _column = 0;
        Count++;
        if (++_pending >= rowsAtOnce) Flush();
        return this;
    }

    private void Flush()
    {
        if (_pending == 0) return;
        _file ??= open();
        _file.Append([.. table.Columns.Select(ColumnOf)], _pending);
        for (int c = 0; c < table.Columns.Count; c++)
        {
            _texts[c]?.Clear();
            _wholes[c]?.Clear();
            _numbers[c]?.Clear();
        }
        _pending = 0;
    }

    private Column ColumnOf(ColumnField field, int column) =>
        _texts[column] is { } texts ? texts.Column()
        : _wholes[column] is { } wholes ? new ValueColumn<int>(field, _pending, [.. wholes])
        : new ValueColumn<double>(field, _pending, [.. _numbers[column]!]);
}
