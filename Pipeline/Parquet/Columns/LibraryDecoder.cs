using System.Runtime.CompilerServices;
using Parquet;
using Recsys.Batch.Pipeline.Parquet.Pages;

namespace Recsys.Batch.Pipeline.Parquet.Columns;

/// <summary>The boundary to Parquet.Net: what a run of pages holds, and what the library throws at bytes it cannot make sense of.</summary>
internal static class LibraryDecoder
{
    private static readonly ParquetOptions Options = new();

    /// <summary>As <see cref="DecodeAsync"/>, on the caller's thread as far as the library lets it.</summary>
    public static void Decode<T>(PageRun run, T[] values, int[]? definition, int[]? repetition) where T : struct =>
        DecodeAsync(run, values, definition, repetition).GetAwaiter().GetResult();

    /// <param name="values">At least the run's values; those that are no nulls come first, one behind the other.</param>
    /// <param name="definition">At least the run's values where the column has such levels, else null.</param>
    /// <exception cref="InvalidDataException">The pages hold what the library cannot decode.</exception>
    public static async Task DecodeAsync<T>(PageRun run, T[] values, int[]? definition, int[]? repetition) where T : struct
    {
        // The library does not say how many it has given, and deltas may end early.
        if (run.HasDeltas || RuntimeHelpers.IsReferenceOrContainsReferences<T>()) values.AsSpan().Clear();
        try
        {
            using var stream = new BoundedStream(run.Bytes, run.Length);
            await Read(stream, values, definition, repetition).ConfigureAwait(false);
        }
        catch (Exception e)
            when (e is ParquetException or IOException or InvalidDataException or ArgumentException or IndexOutOfRangeException or InvalidOperationException
            or NotSupportedException or NotImplementedException or ArithmeticException or NullReferenceException or InvalidCastException
            or OutOfMemoryException)
        {
            throw new InvalidDataException($"Parquet.Net cannot decode its pages ({e.GetType().Name}: {e.Message})", e);
        }
    }

    private static async Task Read<T>(Stream stream, T[] values, int[]? definition, int[]? repetition) where T : struct
    {
        var reader = await ParquetReader.CreateAsync(stream, Options).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var field = reader.Schema.GetDataFields()[0];
            await reader.OpenRowGroupReader(0).ReadRawAsync(field, values.AsMemory(), Levels(definition), Levels(repetition)).ConfigureAwait(false);
        }
    }

    private static Memory<int>? Levels(int[]? levels) => levels is null ? default(Memory<int>?) : levels.AsMemory();

    /// <summary>Where bytes end the library reads on, for ever: here it hears of it.</summary>
    private sealed class BoundedStream(byte[] bytes, int length) : MemoryStream(bytes, 0, length, writable: false)
    {
        public override int ReadByte() =>
            base.ReadByte() is >= 0 and var value ? value : throw new EndOfStreamException("the pages end before their values do");
    }
}
