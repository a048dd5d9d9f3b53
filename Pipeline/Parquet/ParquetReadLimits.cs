namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>What reading one file may cost.</summary>
/// <param name="Threads">Decoding threads; 0: one a core, at most four (more only wait for the consumer). Rows and their order do not depend on it.</param>
/// <param name="MemoryMegabytes">Memory of the decoder; a file that asks for more is refused.</param>
/// <param name="PatienceSeconds">How long the decoder process may give nothing before the file counts as one that hangs it.</param>
/// <param name="VerifyChecksums">Whether pages that carry a CRC-32 are checked against it before a row is given (columns that are read only). Costs one more pass
/// over such files, about 1 GB/s; files without pay nothing.</param>
public sealed record ParquetReadLimits(int Threads = 0, int MemoryMegabytes = 2048, int PatienceSeconds = 120, bool VerifyChecksums = true)
{
    internal int EffectiveThreads => Threads > 0 ? Threads : Math.Min(4, Environment.ProcessorCount);
}
