using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>
/// Rows on their way to a Parquet file: one call a value, in the order of the columns. They are written in portions, so memory does not grow with the file;
/// without a row there is none, unless it is asked for.
/// </summary>
/// <param name="name">Of the table, as errors call it.</param>
/// <param name="columns">Text, whole numbers, times and numbers; none may be null.</param>
/// <param name="open">Makes the file.</param>
internal sealed class ParquetRows(
    string name, IReadOnlyList<ColumnField> columns, Func<IParquetFileWriter> open, int rowsAtOnce = ParquetRows.RowsAtOnce) : IDisposable
{
    private const int RowsAtOnce = 50_000;

    private readonly Utf8Rows?[] _texts = Buffers(columns, c => new Utf8Rows(c.Name), ColumnType.Utf8);
    private readonly List<int>?[] _wholes = Buffers(columns, _ => new List<int>(), ColumnType.Int32);
    private readonly List<long>?[] _longs = Buffers(columns, _ => new List<long>(), ColumnType.Int64, ColumnType.Timestamp);
    private readonly List<double>?[] _numbers = Buffers(columns, _ => new List<double>(), ColumnType.Double);
    private IParquetFileWriter? _file;
    private int _column;
    private int _pending;

    public long Count { get; private set; }

    public ParquetRows Put(ReadOnlySpan<byte> utf8)
    {
        _texts[_column]!.Add(utf8);
        return Next();
    }

    public ParquetRows Put(string text)
    {
        _texts[_column]!.Add(text);
        return Next();
    }

    public ParquetRows Put(int value)
    {
        if (_wholes[_column] is not { } wholes) return Put((long)value);
        wholes.Add(value);
        return Next();
    }

    public ParquetRows Put(long value)
    {
        _longs[_column]!.Add(value);
        return Next();
    }

    public ParquetRows Put(double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentOutOfRangeException(nameof(value), value, $"{name}.{columns[_column].Name} is not finite");
        _numbers[_column]!.Add(value);
        return Next();
    }

    /// <param name="evenEmpty">Whether there is a file of no rows where there were none.</param>
    public void Complete(bool evenEmpty = false)
    {
        Flush();
        if (evenEmpty) _file ??= open();
        _file?.Complete();
    }

    public void Dispose() => _file?.Dispose();

    private static T?[] Buffers<T>(IReadOnlyList<ColumnField> columns, Func<ColumnField, T> make, params ColumnType[] types) where T : class =>
        [.. columns.Select(c => types.Contains(c.Type) ? make(c) : null)];

    private ParquetRows Next()
    {
        if (++_column < columns.Count) return this;
        _column = 0;
        Count++;
        if (++_pending >= rowsAtOnce) Flush();
        return this;
    }

    private void Flush()
    {
        if (_pending == 0) return;
        _file ??= open();
        _file.Append([.. columns.Select(ColumnOf)], _pending);
        for (int c = 0; c < columns.Count; c++)
        {
            _texts[c]?.Clear();
            _wholes[c]?.Clear();
            _longs[c]?.Clear();
            _numbers[c]?.Clear();
        }
        _pending = 0;
    }

    private Column ColumnOf(ColumnField field, int column) =>
        _texts[column] is { } texts ? texts.Column()
        : _wholes[column] is { } wholes ? new ValueColumn<int>(field, _pending, [.. wholes])
        : _longs[column] is { } longs ? new ValueColumn<long>(field, _pending, [.. longs])
        : new ValueColumn<double>(field, _pending, [.. _numbers[column]!]);
}
