using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Jobs.Console;

/// <summary>A table that is handed out as a file, row by row. Values are texts, whole numbers, numbers, or null.</summary>
internal interface ITableFile
{
    void Add(params ReadOnlySpan<object?> row);
}

/// <summary>Comma-separated values of RFC 4180 in UTF-8.</summary>
internal sealed class CsvTable : ITableFile
{
    private readonly TextWriter _writer;

    public CsvTable(TextWriter writer, IReadOnlyList<ColumnField> fields)
    {
        _writer = writer;
        Add([.. fields.Select(f => f.Name)]);
    }

    public void Add(params ReadOnlySpan<object?> row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            if (i > 0) _writer.Write(',');
            _writer.Write(row[i] switch
            {
                null => "",
                string text => Quoted(text),
                IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
                var other => other.ToString(),
            });
        }
        _writer.Write("\r\n");
    }

    /// <summary>Spreadsheets take a cell that begins with one of these for a formula, and texts are anybody's: they get an apostrophe before it.</summary>
    private static string Quoted(string text)
    {
        if (text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r') text = "'" + text;
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}

/// <summary>A Parquet file, a row group for each hundred thousand rows.</summary>
internal sealed class ParquetTable(string path, IReadOnlyList<ColumnField> fields) : ITableFile, IDisposable
{
    private const int GroupRows = 100_000;

    private readonly IParquetFileWriter _writer = ParquetFiles.Writer().Create(path, fields);
    private readonly List<object?>[] _rows = [.. fields.Select(_ => new List<object?>())];

    public void Add(params ReadOnlySpan<object?> row)
    {
        for (int i = 0; i < row.Length; i++) _rows[i].Add(row[i]);
        if (_rows[0].Count == GroupRows) Flush();
    }

    public void Complete()
    {
        if (_rows[0].Count > 0) Flush();
        _writer.Complete();
    }

    public void Dispose() => _writer.Dispose();

    private void Flush()
    {
        int count = _rows[0].Count;
        _writer.Append([.. fields.Select((field, i) => ColumnOf(field, _rows[i]))], count);
        foreach (var column in _rows) column.Clear();
    }

    private static Column ColumnOf(ColumnField field, List<object?> values)
    {
        var valid = new ulong[(values.Count + 63) / 64];
        for (int i = 0; i < values.Count; i++)
            if (values[i] is not null) valid[i >> 6] |= 1UL << (i & 63);
        if (field.Type == ColumnType.Int64) return new ValueColumn<long>(field, values.Count, [.. values.Select(v => v is null ? 0 : (long)v)], valid);
        if (field.Type == ColumnType.Double) return new ValueColumn<double>(field, values.Count, [.. values.Select(v => v is null ? 0 : (double)v)], valid);
        var offsets = new int[values.Count + 1];
        using var bytes = new MemoryStream();
        for (int i = 0; i < values.Count; i++)
        {
            bytes.Write(Encoding.UTF8.GetBytes((string?)values[i] ?? ""));
            offsets[i + 1] = (int)bytes.Length;
        }
        return new Utf8Column(field, values.Count, offsets, bytes.ToArray(), valid);
    }
}
