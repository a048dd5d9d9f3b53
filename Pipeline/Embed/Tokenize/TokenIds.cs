namespace Recsys.Batch.Pipeline.Embed.Tokenize;

/// <summary>Ids of one text as they are found, up to a limit: what lies behind it would be cut off, so a tokenizer may stop there.</summary>
internal ref struct TokenIds(Span<int> into)
{
    private readonly Span<int> _into = into;

    public int Count { get; private set; }

    public readonly bool IsFull => Count == _into.Length;

    /// <summary>An id; dropped where there is no room left.</summary>
    public void Add(int id)
    {
        if (Count < _into.Length) _into[Count++] = id;
    }

    /// <summary>Takes back what was added since there were <paramref name="count"/>.</summary>
    public void CutTo(int count) => Count = count;
}
