using Recsys.Batch.Pipeline.Parquet.DuckDb;
using Recsys.Batch.Pipeline.Parquet.Isolation;

namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>The engines behind the port, chosen when the program was compiled.</summary>
public static class ParquetEngines
{
    /// <summary>A reader for files from anywhere.</summary>
    public static IParquetReader Reader(ParquetReadLimits? limits = null) => new IsolatedParquetReader(limits);

    public static IParquetWriter Writer() => new DuckDbParquetWriter();
}
