using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Parquet.DuckDb;

/// <summary>Writes Parquet through DuckDB, streaming: memory is one row group and two slices of rows, whatever the file's length.</summary>
public sealed class DuckDbParquetWriter(int memoryMegabytes = 1024) : IParquetWriter
{
    public string Engine => "DuckDB " + DuckDbDatabase.Version;

    /// <exception cref="ArgumentException">No columns, two of one name (DuckDB does not tell case apart), or options out of range.</exception>
    public IParquetFileWriter Create(string file, IReadOnlyList<ColumnField> columns, ParquetWriteOptions? options = null)
    {
        options ??= new();
        if (columns.Count == 0) throw new ArgumentException($"{file}: a Parquet file needs at least one column", nameof(columns));
        if (columns.GroupBy(c => c.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"{file}: two columns are called '{twice.Key}'", nameof(columns));
        if (options.RowGroupRows is < 2048 or > 100_000_000) throw new ArgumentException($"{file}: {options.RowGroupRows} rows a row group; expected 2,048 to 100,000,000", nameof(options));
        if (options.ZstdLevel is < 1 or > 22) throw new ArgumentException($"{file}: zstd level {options.ZstdLevel}; expected 1 to 22", nameof(options));
        try
        {
            return new DuckDbFileWriter(file, columns, options, memoryMegabytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ParquetFileException(file, "cannot be written: " + e.Message, e);
        }
    }
}
