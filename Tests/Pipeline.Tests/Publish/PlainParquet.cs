using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Tests.Publish;

/// <summary>Stands in for a Parquet engine where a test is about files and versions, not about the format: rows as lines of text.</summary>
internal sealed class PlainParquet : IParquetWriter
{
    public string Engine => "plain";

    public IParquetFileWriter Create(string file, IReadOnlyList<ColumnField> columns, ParquetWriteOptions? options = null) => new Writer(file);

    private sealed class Writer(string file) : IParquetFileWriter
    {
        private readonly StringBuilder _lines = new();

        public void Append(IReadOnlyList<Column> columns, int rowCount)
        {
            for (int row = 0; row < rowCount; row++) _lines.AppendJoin('|', columns.Select(c => Text(c, row))).Append('\n');
        }

        public void Complete() => AtomicFile.WriteText(file, _lines.ToString());

        public void Dispose() => _lines.Clear();

        private static string Text(Column column, int row) => column switch
        {
            Utf8Column text => Encoding.UTF8.GetString(text[row]),
            ValueColumn<int> numbers => numbers.Values[row].ToString(CultureInfo.InvariantCulture),
            ValueColumn<double> numbers => numbers.Values[row].ToString(CultureInfo.InvariantCulture),
            _ => throw new NotSupportedException(column.GetType().Name),
        };
    }
}
