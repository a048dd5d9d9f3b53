using Recsys.Batch.Pipeline.Parquet.DuckDb;
using Recsys.Batch.Pipeline.Parquet.Isolation;
using Recsys.Batch.Pipeline.Parquet.ParquetNet;

namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>The engines behind the port, chosen when the program was compiled.</summary>
public static class ParquetEngines
{
    private const ParquetEngine Chosen = ParquetEngine.ParquetNet;

    /// <summary>A reader for files from anywhere.</summary>
    public static IParquetReader Reader(ParquetReadLimits? limits = null) => new IsolatedParquetReader(limits, Chosen);

    public static IParquetWriter Writer() =>
        new ParquetNetWriter();

    /// <summary>An engine inside this process.</summary>
    internal static IParquetReader Decoder(ParquetEngine engine, ParquetReadLimits? limits) => engine switch
    {
        ParquetEngine.DuckDb => new DuckDbParquetReader(limits),
        ParquetEngine.ParquetNet => new ParquetNetReader(limits),
        _ => throw new ArgumentOutOfRangeException(nameof(engine), engine, "this program was not compiled with that engine"),
    };
}

public enum ParquetEngine
{
    DuckDb,

    /// <summary>In the MLNet stack alone.</summary>
    ParquetNet,
}
