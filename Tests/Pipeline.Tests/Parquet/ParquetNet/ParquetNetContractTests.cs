using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Parquet.DuckDb;
using Recsys.Batch.Pipeline.Parquet.Isolation;
using Recsys.Batch.Pipeline.Parquet.ParquetNet;

namespace Recsys.Batch.Pipeline.Tests.Parquet.ParquetNet;

[TestClass]
public class ParquetNetContractTests : ParquetContractTests
{
    protected override IParquetReader Reader { get; } = new ParquetNetReader();

    protected override IParquetWriter Writer { get; } = new ParquetNetWriter();
}

[TestClass]
public class ParquetNetReadsDuckDbTests : ParquetContractTests
{
    protected override IParquetReader Reader { get; } = new ParquetNetReader();

    protected override IParquetWriter Writer { get; } = new DuckDbParquetWriter();
}

[TestClass]
public class DuckDbReadsParquetNetTests : ParquetContractTests
{
    protected override IParquetReader Reader { get; } = new DuckDbParquetReader();

    protected override IParquetWriter Writer { get; } = new ParquetNetWriter();
}

[TestClass]
public class IsolatedParquetNetContractTests : ParquetContractTests
{
    protected override IParquetReader Reader { get; } = new IsolatedParquetReader(null, ParquetEngine.ParquetNet);

    protected override IParquetWriter Writer { get; } = new ParquetNetWriter();
}

[TestClass]
public class ParquetNetIsolationTests : DecoderIsolationTests
{
    private protected override ParquetEngine Engine => ParquetEngine.ParquetNet;
}

/// <summary>In this very process: managed code has no bytes to crash it with, but it must not hang, bloat, or throw what is not typed.</summary>
[TestClass]
public class ParquetNetHostileBytesTests : HostileBytesTests
{
    protected override IParquetReader Reader { get; } = new ParquetNetReader(new(MemoryMegabytes: 512));
}

[TestClass]
public class IsolatedDuckDbHostileBytesTests : HostileBytesTests
{
    protected override IParquetReader Reader { get; } = new IsolatedParquetReader(null, ParquetEngine.DuckDb);
}
