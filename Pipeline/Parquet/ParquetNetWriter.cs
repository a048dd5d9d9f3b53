using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet.Writing;

namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>
/// Writes Parquet through Parquet.Net, a row group at a time: memory is one row group. Equal rows give equal bytes. The library knows the zstd levels 1, 3 and
/// 19: the highest of them that is not above <see cref="ParquetWriteOptions.ZstdLevel"/> is taken.
/// </summary>
internal sealed class ParquetNetWriter : IParquetWriter
{
    public string Engine => ParquetFiles.Engine;

    /// <exception cref="ArgumentException">No columns, two of one name (case is not told apart), or options out of range.</exception>
    public IParquetFileWriter Create(string file, IReadOnlyList<ColumnField> columns, ParquetWriteOptions? options = null)
    {
        options ??= new();
        ParquetTable.Require(file, columns, options);
        try
        {
            return new ParquetNetFileWriter(file, columns, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ParquetFileException(file, "cannot be written: " + e.Message, e);
        }
    }
}
