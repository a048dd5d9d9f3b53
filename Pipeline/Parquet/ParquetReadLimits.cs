namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>What reading one file may cost.</summary>
/// <param name="Threads">Decoding threads; 0: one a core, at most four (more only wait for the consumer). Rows and their order do not depend on it.</param>
/// <param name="MemoryMegabytes">
/// Memory of one read; a file whose pages ask for more is refused. A file is read in pages, so files of usual pages stay far below it.
/// </param>
/// <param name="VerifyChecksums">Whether a page that carries a CRC-32 is checked against it before it is decoded.</param>
internal sealed record ParquetReadLimits(int Threads = 0, int MemoryMegabytes = 2048, bool VerifyChecksums = true)
{
    internal int EffectiveThreads => Threads > 0 ? Threads : Math.Min(4, Environment.ProcessorCount);
}
