using System.Globalization;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Parquet.Pages;

/// <summary>What all columns of one read hold at a time: decoded values, and the pages they come from.</summary>
internal sealed class MemoryBudget(string file, int megabytes)
{
    // What the library copies on its way, and what the collector has not taken back yet, is about as much again.
    private readonly long _most = ((long)megabytes << 20) / 2;
    private long _held;

    /// <summary>Holds <paramref name="bytes"/> in place of <paramref name="instead"/>.</summary>
    /// <exception cref="ParquetFileException">That is more than the limit leaves.</exception>
    public void Charge(string column, int group, long bytes, long instead)
    {
        long held = Interlocked.Add(ref _held, bytes - instead);
        if (held <= _most) return;
        throw new ParquetFileException(file, string.Create(CultureInfo.InvariantCulture,
            $"column '{column}', row group {group}: its pages take {bytes:N0} bytes of memory, {held:N0} with those of the other columns; "
            + $"the limit of {megabytes} MB leaves {_most:N0}. Write the file with smaller pages, read fewer columns, or raise the memory limit"));
    }
}
