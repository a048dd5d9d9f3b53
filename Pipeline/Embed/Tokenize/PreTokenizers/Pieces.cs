namespace Recsys.Batch.Pipeline.Embed.Tokenize.PreTokenizers;

/// <summary>A text cut into pieces; a pre-tokenizer reads them, appends those that come of them and ends with <see cref="Commit"/>.</summary>
internal sealed class Pieces
{
    private readonly TextBuffer _buffer = new();
    private List<(int From, int Length)> _ranges = [];
    private List<(int From, int Length)> _next = [];

    public int Count => _ranges.Count;

    /// <summary>The first piece is the very start of the text that was given.</summary>
    public bool StartOfText { get; private set; }

    public ReadOnlySpan<char> this[int index] => _buffer.Text.Slice(_ranges[index].From, _ranges[index].Length);

    public void Reset(ReadOnlySpan<char> text, bool startOfText)
    {
        StartOfText = startOfText;
        _next.Clear();
        Append(text);
        Commit();
    }

    /// <summary>One more piece; an empty one is none.</summary>
    public void Append(ReadOnlySpan<char> piece)
    {
        if (piece.IsEmpty) return;
        _next.Add((_buffer.Appended.Length, piece.Length));
        _buffer.Append(piece);
    }

    /// <summary>What was appended becomes the pieces.</summary>
    public void Commit()
    {
        _buffer.Commit();
        (_ranges, _next) = (_next, _ranges);
        _next.Clear();
    }
}
