using System.Buffers;
using System.Text;

namespace Recsys.Batch.Pipeline.Lexical;

/// <summary>
/// Cuts a text into terms, lower-cased by the invariant culture: runs of letters, digits and marks by Unicode category, or the runs of characters inside them.
/// Terms are handed out as spans over one buffer that the next text reuses.
/// </summary>
internal sealed class LexicalScanner(LexicalUnit unit, int minLength, int maxLength)
{
    private char[] _folded = new char[256];
    private int _length;
    private int _start;
    private int _end;
    private int _run;
    private int _at;

    public LexicalScanner(TfIdfOptions options)
        : this(options.Unit, options.MinLength, options.MaxLength)
    {
    }

    public void Read(ReadOnlySpan<char> text)
    {
        // One space before each word and one behind it: 2 characters a word at most, plus the first.
        int most = (text.Length * 2) + 2;
        if (_folded.Length < most) _folded = new char[Math.Max(most, _folded.Length * 2)];
        _length = 0;
        _folded[_length++] = ' ';
        while (!text.IsEmpty)
        {
            var status = Rune.DecodeFromUtf16(text, out var rune, out int used);
            text = text[used..];
            if (status == OperationStatus.Done && IsWord(rune)) _length += Rune.ToLowerInvariant(rune).EncodeToUtf16(_folded.AsSpan(_length));
            else if (_folded[_length - 1] != ' ') _folded[_length++] = ' ';
        }
        if (_folded[_length - 1] != ' ') _folded[_length++] = ' ';
        _start = 0;
        _end = 0;
    }

    /// <summary>The next term of the text, repeats included; false behind the last.</summary>
    public bool TryNext(out ReadOnlySpan<char> term)
    {
        if (unit == LexicalUnit.Words)
        {
            bool found = NextWord();
            term = found ? _folded.AsSpan(_start + 1, _end - _start - 1) : default;
            return found;
        }
        return TryNextPiece(out term);
    }

    private bool TryNextPiece(out ReadOnlySpan<char> term)
    {
        // _start is the space before the word and _end the space behind it; the padded word includes both.
        while (true)
        {
            int padded = _end - _start + 1;
            if (_end > _start && _run <= maxLength)
            {
                if (_at + _run <= padded)
                {
                    term = _folded.AsSpan(_start + _at++, _run);
                    return true;
                }
                bool whole = _run > padded;
                _run = _run >= padded ? maxLength + 1 : _run + 1;
                _at = 0;
                if (whole)
                {
                    term = _folded.AsSpan(_start, padded);
                    return true;
                }
                continue;
            }
            if (!NextWord())
            {
                term = default;
                return false;
            }
            _run = minLength;
            _at = 0;
        }
    }

    private bool NextWord()
    {
        _start = _end;
        if (_start + 1 >= _length) return false;
        _end = _start + 1;
        while (_folded[_end] != ' ') _end++;
        return true;
    }

    private static bool IsWord(Rune rune) => rune.IsAscii
        ? char.IsAsciiLetterOrDigit((char)rune.Value)
        : Rune.IsLetterOrDigit(rune)
            || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark
            or System.Globalization.UnicodeCategory.SpacingCombiningMark;
}
