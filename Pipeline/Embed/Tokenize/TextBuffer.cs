using System.Text;

namespace Recsys.Batch.Pipeline.Embed.Tokenize;

/// <summary>
/// A text on its way through normalizers: each reads <see cref="Text"/>, appends what comes of it and ends with <see cref="Commit"/>. Grows as needed, is used
/// again for the next text, and holds well-formed UTF-16 alone.
/// </summary>
internal sealed class TextBuffer
{
    private char[] _text = new char[256];
    private char[] _next = new char[256];
    private int _length;
    private int _nextLength;

    public ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <summary>
    /// Whether the text still starts with what came of its first character; a normalizer that drops characters says so through <see cref="DroppedAt"/>.
    /// </summary>
    public bool KeepsStart { get; private set; }

    /// <summary>A character at <paramref name="at"/> of the text leaves nothing behind.</summary>
    public void DroppedAt(int at) => KeepsStart &= at > 0;

    /// <summary>What was appended since the last <see cref="Commit"/>.</summary>
    public Span<char> Appended => _next.AsSpan(0, _nextLength);

    /// <summary>Takes a text over; a lone surrogate becomes U+FFFD, as it does on its way through UTF-8.</summary>
    public void Reset(ReadOnlySpan<char> text)
    {
        _nextLength = 0;
        Room(text.Length);
        text.CopyTo(_next);
        _nextLength = text.Length;
        var rest = Appended;
        while (rest.IndexOfAnyInRange('\uD800', '\uDFFF') is int at && at >= 0)
        {
            bool pair = at + 1 < rest.Length && char.IsSurrogatePair(rest[at], rest[at + 1]);
            if (!pair) rest[at] = '\uFFFD';
            rest = rest[(pair ? at + 2 : at + 1)..];
        }
        Commit();
        KeepsStart = true;
    }

    public void Append(char c)
    {
        if (_nextLength == _next.Length) Room(1);
        _next[_nextLength++] = c;
    }

    public void Append(ReadOnlySpan<char> text)
    {
        Room(text.Length);
        text.CopyTo(_next.AsSpan(_nextLength));
        _nextLength += text.Length;
    }

    public void AppendPoint(int point)
    {
        if (point < 0x10000)
        {
            Append((char)point);
            return;
        }
        Room(2);
        _nextLength += new Rune(point).EncodeToUtf16(_next.AsSpan(_nextLength));
    }

    /// <summary>What was appended becomes the text.</summary>
    public void Commit()
    {
        (_text, _next) = (_next, _text);
        _length = _nextLength;
        _nextLength = 0;
    }

    /// <summary>The code point at <paramref name="at"/>, which is moved behind it.</summary>
    public static int Next(ReadOnlySpan<char> text, ref int at)
    {
        char c = text[at++];
        return char.IsHighSurrogate(c) && at < text.Length ? char.ConvertToUtf32(c, text[at++]) : c;
    }

    private void Room(int more)
    {
        if (_nextLength + more > _next.Length) Array.Resize(ref _next, Math.Max(_nextLength + more, _next.Length * 2));
    }
}
