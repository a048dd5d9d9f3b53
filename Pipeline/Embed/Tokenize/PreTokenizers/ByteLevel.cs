using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Embed.Tokenize.Unicode;

namespace Recsys.Batch.Pipeline.Embed.Tokenize.PreTokenizers;

/// <summary>
/// GPT-2's: words with the blank before them, by <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>, spelled as bytes, each byte
/// a printable character.
/// </summary>
internal sealed class ByteLevel(bool addPrefixSpace, bool useRegex) : IPreTokenizer
{
    private static readonly char[] Spelling = SpellingOfBytes();
    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    public void Split(Pieces pieces)
    {
        for (int i = 0; i < pieces.Count; i++)
        {
            var piece = pieces[i];
            if (piece.IsEmpty) continue;
            if (addPrefixSpace && piece[0] != ' ') piece = string.Concat(" ", piece);
            for (int from = 0; from < piece.Length;)
            {
                int to = useRegex ? End(piece, from) : piece.Length;
                pieces.Append(Spell(piece[from..to]));
                from = to;
            }
        }
        pieces.Commit();
    }

    /// <summary>Where the match that starts at <paramref name="from"/> ends.</summary>
    private static int End(ReadOnlySpan<char> text, int from)
    {
        foreach (string contraction in Contractions)
            if (text[from..].StartsWith(contraction)) return from + contraction.Length;
        int start = text[from] == ' ' && from + 1 < text.Length ? from + 1 : from;
        int kind = KindAt(text, start, out _);
        if (kind != Blank) return EndOfRun(text, start, kind);
        int end = EndOfRun(text, from, Blank);
        if (end == text.Length) return end;
        // The last blank goes with what follows; alone, it stands for itself.
        int last = end - 1;
        return last > from ? last : end;
    }

    private const int Blank = 0, Letter = 1, Number = 2, Other = 3;

    private static int EndOfRun(ReadOnlySpan<char> text, int from, int kind)
    {
        int at = from;
        while (at < text.Length && KindAt(text, at, out int next) == kind) at = next;
        return at;
    }

    private static int KindAt(ReadOnlySpan<char> text, int at, out int next)
    {
        next = at;
        int point = TextBuffer.Next(text, ref next);
        if (CodePoints.IsWhitespace(point)) return Blank;
        return CharUnicodeInfo.GetUnicodeCategory(point) switch
        {
            <= UnicodeCategory.OtherLetter => Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Number,
            _ => Other,
        };
    }

    private static string Spell(ReadOnlySpan<char> piece)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(piece)];
        Encoding.UTF8.GetBytes(piece, bytes);
        return string.Create(bytes.Length, bytes, (to, from) =>
        {
            for (int i = 0; i < to.Length; i++) to[i] = Spelling[from[i]];
        });
    }

    private static char[] SpellingOfBytes()
    {
        var spelling = new char[256];
        int extra = 0;
        for (int b = 0; b < 256; b++)
        {
            bool printable = b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE;
            spelling[b] = printable ? (char)b : (char)(256 + extra++);
        }
        return spelling;
    }
}
