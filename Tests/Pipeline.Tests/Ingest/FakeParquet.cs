using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Tests.Ingest;

/// <summary>Tables kept in memory under the paths of small real files, so that hashes and sizes are those of the content.</summary>
internal sealed class FakeParquet(int batchRows = 5) : IParquetReader, IParquetWriter
{
    private readonly Dictionary<string, (string Name, Array Values)[]> _tables = new(StringComparer.Ordinal);
    private readonly HashSet<string> _broken = new(StringComparer.Ordinal);

    public string Engine => "fake";

    /// <summary>Columns are arrays of string, int, long, double, DateTime, or of their nullable forms.</summary>
    public string Add(string path, params (string Name, Array Values)[] columns)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _tables[path] = columns;
        File.WriteAllText(
            path,
            string.Join(
                '\n',
                columns.Select(c => c.Name + ":" + string.Join('|', c.Values.Cast<object?>().Select(v => Convert.ToString(v, CultureInfo.InvariantCulture))))));
        return path;
    }

    public void Remove(string path)
    {
        _tables.Remove(path);
        File.Delete(path);
    }

    /// <summary>From now on the file is there and cannot be read.</summary>
    public void Break(string path) => _broken.Add(path);

    public Array Values(string path, string column) => _tables[path].Single(c => c.Name == column).Values;

    public IReadOnlyList<string> Expand(string pattern) =>
        [.. _tables.Keys.Where(p => p == pattern || p.StartsWith(pattern.TrimEnd('/') + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public ParquetFileInfo Inspect(string file)
    {
        if (!_tables.TryGetValue(file, out var columns)) throw new ParquetFileException(file, "no such file");
        if (_broken.Contains(file)) throw new ParquetFileException(file, "it is damaged");
        return new ParquetFileInfo(file, columns.Length == 0 ? 0 : columns[0].Values.Length, 1, new FileInfo(file).Length, [.. columns.Select(Field)]);
    }

    public IEnumerable<ColumnBatch> Read(string file, IReadOnlyList<string>? columns = null, CancellationToken cancellation = default)
    {
        var table = _tables[file];
        int rows = table.Length == 0 ? 0 : table[0].Values.Length;
        for (int from = 0; from < rows; from += batchRows)
        {
            int count = Math.Min(batchRows, rows - from);
            var chosen = columns is null ? table : [.. columns.Select(n => table.Single(c => c.Name == n))];
            yield return new ColumnBatch(file, from, count, [.. chosen.Select(c => Slice(c, from, count))]);
        }
    }

    public IEnumerable<ColumnBatch> Read(string file, IReadOnlyList<string>? columns, IReadOnlySet<string> exact, CancellationToken cancellation) =>
        Read(file, columns, cancellation);

    public bool IsAllNull(string file, string column, CancellationToken cancellation = default) =>
        Values(file, column).Cast<object?>().All(v => v is null or double.NaN);

    public IParquetFileWriter Create(string file, IReadOnlyList<ColumnField> columns, ParquetWriteOptions? options = null) => new Writer(this, file, columns);

    private static ColumnField Field((string Name, Array Values) c) => new(c.Name, c.Values switch
    {
        string?[] => ColumnType.Utf8,
        byte[][] => ColumnType.Utf8,
        int[] or int?[] => ColumnType.Int32,
        long[] or long?[] => ColumnType.Int64,
        double[] or double?[] => ColumnType.Double,
        bool[] => ColumnType.Boolean,
        DateTime[] or DateTime?[] => ColumnType.Timestamp,
        _ => throw new NotSupportedException(c.Values.GetType().Name),
    });

    private static Column Slice((string Name, Array Values) c, int from, int count)
    {
        var values = c.Values.Cast<object?>().Skip(from).Take(count).ToArray();
        var field = Field(c);
        var validity = new ulong[(count + 63) / 64];
        for (int i = 0; i < count; i++) if (values[i] is not null) validity[i >> 6] |= 1UL << (i & 63);
        T[] Of<T>(Func<object, T> convert) => [.. values.Select(v => v is null ? default! : convert(v))];
        return field.Type switch
        {
            ColumnType.Int32 => new ValueColumn<int>(field, count, Of(v => (int)v), validity),
            ColumnType.Int64 => new ValueColumn<long>(field, count, Of(v => (long)v), validity),
            ColumnType.Double => new ValueColumn<double>(field, count, Of(v => (double)v), validity),
            ColumnType.Boolean => new ValueColumn<bool>(field, count, Of(v => (bool)v), validity),
            ColumnType.Timestamp => new ValueColumn<long>(field, count, Of(v => ((DateTime)v - DateTime.UnixEpoch).Ticks / 10), validity),
            _ => Text(field, values, validity),
        };
    }

    private static Utf8Column Text(ColumnField field, object?[] values, ulong[] validity)
    {
        var offsets = new int[values.Length + 1];
        var bytes = new List<byte>();
        for (int i = 0; i < values.Length; i++)
        {
            bytes.AddRange(values[i] switch { null => [], byte[] raw => raw, string s => Encoding.UTF8.GetBytes(s), _ => throw new NotSupportedException() });
            offsets[i + 1] = bytes.Count;
        }
        return new Utf8Column(field, values.Length, offsets, [.. bytes], validity);
    }

    private sealed class Writer(FakeParquet owner, string file, IReadOnlyList<ColumnField> fields) : IParquetFileWriter
    {
        private readonly List<object?>[] _values = [.. fields.Select(_ => new List<object?>())];

        public void Append(IReadOnlyList<Column> columns, int rowCount)
        {
            for (int c = 0; c < columns.Count; c++)
                for (int row = 0; row < rowCount; row++)
                    _values[c].Add(columns[c].IsNull(row) ? null : columns[c] switch
                    {
                        Utf8Column u => Encoding.UTF8.GetString(u[row]),
                        ValueColumn<long> l => l.Values[row],
                        ValueColumn<int> i => i.Values[row],
                        ValueColumn<double> d => d.Values[row],
                        _ => throw new NotSupportedException(),
                    });
        }

        public void Complete() => owner.Add(file, [.. fields.Select((f, c) =>
            (f.Name, f.Type switch
            {
                ColumnType.Utf8 => _values[c].Cast<string?>().ToArray(),
                ColumnType.Int32 => _values[c].Cast<int>().ToArray(),
                ColumnType.Double => _values[c].Cast<double>().ToArray(),
                _ => (Array)_values[c].Cast<long>().ToArray(),
            }))]);

        public void Dispose()
        {
        }
    }
}
