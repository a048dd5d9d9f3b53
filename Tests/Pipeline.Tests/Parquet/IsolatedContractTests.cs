using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Parquet.DuckDb;
using Recsys.Batch.Pipeline.Parquet.Isolation;

namespace Recsys.Batch.Pipeline.Tests.Parquet;

[TestClass]
public class IsolatedContractTests : ParquetContractTests
{
    protected override IParquetReader Reader { get; } = new IsolatedParquetReader(null, ParquetEngine.DuckDb);

    protected override IParquetWriter Writer { get; } = new DuckDbParquetWriter();
}
