using Recsys.Batch.Pipeline.Parquet.Pages;

namespace Recsys.Batch.Pipeline.Parquet.Columns;

/// <summary>
/// The decoded runs of a column that is not a list, one after the other. The next is decoded while one is read: on the pool, and without a thread that waits
/// there, since the library hands each page to another one.
/// </summary>
/// <param name="turns">Runs of one file that are decoded at once; null: each when it is asked for.</param>
internal sealed class DecodedRuns<TRun>(ChunkReader chunks, Leaf leaf, SemaphoreSlim? turns) where TRun : FlatRun, new()
{
    private readonly TRun _one = new();
    private readonly TRun _two = new();
    private Task<TRun?>? _next;

    /// <summary>Valid until the one after it is asked for; null at the file's end.</summary>
    public TRun? Next()
    {
        if (turns is null) return DecodeAsync(_one).GetAwaiter().GetResult();
        Start();
        var run = _next!.GetAwaiter().GetResult();
        if (run is null) return null;
        Begin(ReferenceEquals(run, _one) ? _two : _one);
        return run;
    }

    /// <summary>Begins with the first.</summary>
    public void Start()
    {
        if (turns is not null && _next is null) Begin(_one);
    }

    /// <summary>Waits for what is under way; how it ended no longer matters.</summary>
    public void Finish()
    {
        if (_next is null) return;
        Task.WhenAny(_next).GetAwaiter().GetResult();
        _ = _next.Exception;
    }

    private void Begin(TRun into) => _next = Task.Run(async () =>
    {
        await turns!.WaitAsync().ConfigureAwait(false);
        try
        {
            return await DecodeAsync(into).ConfigureAwait(false);
        }
        finally
        {
            turns.Release();
        }
    });

    private async Task<TRun?> DecodeAsync(TRun into)
    {
        if (chunks.Next() is not { } pages) return null;
        if (leaf.MaxDefinition > 0 && into.Levels.Length < pages.Values) into.Levels = new int[pages.Values];
        try
        {
            await into.DecodeAsync(pages, leaf.MaxDefinition > 0 ? into.Levels : null).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw chunks.Damaged(e.Message, e);
        }
        into.Rows = pages.Values;
        return into;
    }
}
