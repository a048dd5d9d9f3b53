using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Parquet.DuckDb;

namespace Recsys.Batch.Pipeline.Tests.Parquet;

[TestClass]
public class DuckDbContractTests : ParquetContractTests
{
    protected override IParquetReader Reader { get; } = new DuckDbParquetReader();

    protected override IParquetWriter Writer { get; } = new DuckDbParquetWriter();
}
