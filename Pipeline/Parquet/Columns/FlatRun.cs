using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet.Pages;

namespace Recsys.Batch.Pipeline.Parquet.Columns;

/// <summary>
/// A decoded run of pages of a column that is no list: its values that are no nulls, one behind the other; of a column that can have nulls also a level a row.
/// </summary>
internal abstract class FlatRun
{
    public int[] Levels { get; set; } = [];

    public int Rows { get; set; }

    /// <param name="levels">Null where the column has none.</param>
    public abstract Task DecodeAsync(PageRun pages, int[]? levels);

    protected static T[] Room<T>(T[] values, PageRun pages) => values.Length < pages.Values ? new T[pages.Values] : values;
}

/// <summary>Values of one width, or bytes of any length.</summary>
internal sealed class ValueRun<T> : FlatRun where T : struct
{
    public T[] Values { get; private set; } = [];

    public override Task DecodeAsync(PageRun pages, int[]? levels)
    {
        Values = Room(Values, pages);
        return LibraryDecoder.DecodeAsync(pages, Values, levels, null);
    }
}

/// <summary>Texts: by their places in a dictionary or among those of the run, else an array of bytes a value.</summary>
internal sealed class TextRun : FlatRun
{
    /// <summary>What <see cref="Codes"/> speak of; null where the run has <see cref="Values"/>.</summary>
    public TextDictionary? Texts { get; private set; }

    /// <summary>Whether rows share the texts; else value k has text k.</summary>
    public bool IsShared { get; private set; }

    public int[] Codes { get; private set; } = [];

    public ReadOnlyMemory<byte>[] Values { get; private set; } = [];

    public override async Task DecodeAsync(PageRun pages, int[]? levels)
    {
        (Texts, IsShared) = (pages.Texts, pages.Kind == ValueKind.Codes);
        if (Texts is null)
        {
            Values = Room(Values, pages);
            await LibraryDecoder.DecodeAsync(pages, Values, levels, null).ConfigureAwait(false);
            return;
        }
        Codes = Room(Codes, pages);
        await LibraryDecoder.DecodeAsync(pages, Codes, levels, null).ConfigureAwait(false);
        foreach (int code in Codes.AsSpan(0, pages.Present))
            if ((uint)code >= (uint)Texts.Count) throw new InvalidDataException($"a page refers to text {code} of a dictionary of {Texts.Count}");
    }
}
