using Recsys.Batch.Pipeline.Parquet.DuckDb;
using Recsys.Batch.Pipeline.Parquet.Isolation;
#if STACK_MLNET
using Recsys.Batch.Pipeline.Parquet.ParquetNet;
#endif

namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>The engines behind the port, chosen when the program was compiled.</summary>
public static class ParquetEngines
{
#if STACK_MLNET
    private const ParquetEngine Chosen = ParquetEngine.ParquetNet;
#else
    private const ParquetEngine Chosen = ParquetEngine.DuckDb;
#endif

    /// <summary>A reader for files from anywhere.</summary>
    public static IParquetReader Reader(ParquetReadLimits? limits = null) => new IsolatedParquetReader(limits, Chosen);

    public static IParquetWriter Writer() =>
#if STACK_MLNET
        new ParquetNetWriter();
#else
        new DuckDbParquetWriter();
#endif

    /// <summary>An engine inside this process.</summary>
    internal static IParquetReader Decoder(ParquetEngine engine, ParquetReadLimits? limits) => engine switch
    {
        ParquetEngine.DuckDb => new DuckDbParquetReader(limits),
#if STACK_MLNET
        ParquetEngine.ParquetNet => new ParquetNetReader(limits),
#endif
        _ => throw new ArgumentOutOfRangeException(nameof(engine), engine, "this program was not compiled with that engine"),
    };
}

public enum ParquetEngine
{
    DuckDb,

    /// <summary>In the MLNet stack alone.</summary>
    ParquetNet,
}
