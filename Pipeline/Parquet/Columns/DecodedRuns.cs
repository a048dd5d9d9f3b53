using Recsys.Batch.Pipeline.Parquet.Pages;

namespace Recsys.Batch.Pipeline.Parquet.Columns;

/// <summary>The decoded runs of a column that is not a list, one after the other; with threads the next is decoded while one is read.</summary>
internal sealed class DecodedRuns<T>(ChunkReader chunks, Leaf leaf, TaskScheduler? threads) where T : struct
{
    private readonly Run _one = new();
    private readonly Run _two = new();
    private Task<Run?>? _next;

    /// <summary>Valid until the one after it is asked for; null at the file's end.</summary>
    public Run? Next()
    {
        if (threads is null) return Decode(_one);
        Start();
        var run = _next!.GetAwaiter().GetResult();
        if (run is null) return null;
        _next = Begin(ReferenceEquals(run, _one) ? _two : _one);
        return run;
    }

    /// <summary>Begins with the first.</summary>
    public void Start()
    {
        if (threads is not null) _next ??= Begin(_one);
    }

    // Hidden, since the library would send what follows its waits to these threads, and they wait for it.
    private Task<Run?> Begin(Run into) => Task.Factory.StartNew(() => Decode(into), CancellationToken.None, TaskCreationOptions.HideScheduler, threads!);

    private Run? Decode(Run into)
    {
        if (chunks.Next() is not { } pages) return null;
        if (into.Values.Length < pages.Values) into.Values = new T[pages.Values];
        if (leaf.MaxDefinition > 0 && into.Levels.Length < pages.Values) into.Levels = new int[pages.Values];
        try
        {
            LibraryDecoder.Decode(pages, into.Values, leaf.MaxDefinition > 0 ? into.Levels : null, null);
        }
        catch (InvalidDataException e)
        {
            throw chunks.Damaged(e.Message, e);
        }
        into.Rows = pages.Values;
        return into;
    }

    /// <summary>Values that are no nulls, one behind the other; of a column that can have nulls a level a row.</summary>
    internal sealed class Run
    {
        public T[] Values { get; set; } = [];

        public int[] Levels { get; set; } = [];

        public int Rows { get; set; }
    }
}
