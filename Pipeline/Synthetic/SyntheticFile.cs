using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Synthetic;

/// <summary>A Parquet file in the making: one call a value, in the order of the columns. Memory is that of some ten thousand rows.</summary>
internal sealed class SyntheticFile : IDisposable
{
    private const int RowsAtOnce = 1 << 16;

    private readonly IParquetFileWriter _writer;
    private readonly ColumnField[] _fields;
    private readonly Utf8Rows?[] _texts;
    private readonly List<long>?[] _wholes;
    private readonly List<double>?[] _numbers;
    private int _column;
    private int _pending;

    public SyntheticFile(IParquetWriter writer, string path, params ColumnField[] fields)
    {
        _fields = fields;
        _texts = [.. fields.Select(f => f.Type == ColumnType.Utf8 ? new Utf8Rows(f.Name) : null)];
        _wholes = [.. fields.Select(f => f.Type is ColumnType.Int64 or ColumnType.Timestamp ? new List<long>() : null)];
        _numbers = [.. fields.Select(f => f.Type == ColumnType.Double ? new List<double>() : null)];
        _writer = writer.Create(path, fields);
    }

    public static ColumnField Whole(string name) => new(name, ColumnType.Int64, Nullable: false);

    public static ColumnField Number(string name) => new(name, ColumnType.Double, Nullable: false);

    public static ColumnField Text(string name) => new(name, ColumnType.Utf8, Nullable: false);

    public static ColumnField Time(string name) => new(name, ColumnType.Timestamp, Nullable: false, TimestampUnit.Microseconds, IsUtc: true);

    public SyntheticFile Put(long value)
    {
        _wholes[_column]!.Add(value);
        return Next();
    }

    public SyntheticFile Put(double value)
    {
        _numbers[_column]!.Add(value);
        return Next();
    }

    public SyntheticFile Put(string value)
    {
        _texts[_column]!.Add(value);
        return Next();
    }

    public void Complete()
    {
        Flush();
        _writer.Complete();
    }

    public void Dispose() => _writer.Dispose();

    private SyntheticFile Next()
    {
        if (++_column < _fields.Length) return this;
        _column = 0;
        if (++_pending >= RowsAtOnce) Flush();
        return this;
    }

    private void Flush()
    {
        if (_pending == 0) return;
        _writer.Append([.. _fields.Select(ColumnOf)], _pending);
        for (int c = 0; c < _fields.Length; c++)
        {
            _texts[c]?.Clear();
            _wholes[c]?.Clear();
            _numbers[c]?.Clear();
        }
        _pending = 0;
    }

    private Column ColumnOf(ColumnField field, int column) =>
        _texts[column] is { } texts ? texts.Column()
        : _wholes[column] is { } wholes ? new ValueColumn<long>(field, _pending, [.. wholes])
        : new ValueColumn<double>(field, _pending, [.. _numbers[column]!]);
}
