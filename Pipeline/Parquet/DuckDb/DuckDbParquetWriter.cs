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
        ParquetTable.Require(file, columns, options);
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
