using System.Globalization;
using Recsys.Batch.Pipeline.Embed.Tokenize.Unicode;

namespace Recsys.Batch.Pipeline.Embed.Tokenize.PreTokenizers;

/// <summary>One after the other.</summary>
internal sealed class PreTokenizerSequence(IPreTokenizer[] parts) : IPreTokenizer
{
    public void Split(Pieces pieces)
    {
        foreach (var part in parts) part.Split(pieces);
    }
}

/// <summary>At matches of a pattern.</summary>
internal sealed class PatternSplit(TextPattern pattern, SplitBehavior behavior, bool invert) : IPreTokenizer
{
    public void Split(Pieces pieces)
    {
        for (int i = 0; i < pieces.Count; i++) Splitting.Cut(pieces, pieces[i], pattern.Matches(pieces[i]), behavior, invert);
        pieces.Commit();
    }
}

/// <summary>At characters of a kind, each a match by itself.</summary>
internal sealed class CharacterSplit(Func<int, bool> isMatch, SplitBehavior behavior) : IPreTokenizer
{
    public static IPreTokenizer Whitespace() => new CharacterSplit(CodePoints.IsWhitespace, SplitBehavior.Removed);

    public static IPreTokenizer Punctuation(SplitBehavior behavior) => new CharacterSplit(CodePoints.IsPunctuation, behavior);

    public static IPreTokenizer Digits(bool individual) => new CharacterSplit(
        point => CharUnicodeInfo.GetUnicodeCategory(point) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber,
        individual ? SplitBehavior.Isolated : SplitBehavior.Contiguous);

    public void Split(Pieces pieces)
    {
        for (int i = 0; i < pieces.Count; i++)
        {
            var piece = pieces[i];
            var matches = new List<(int, int)>();
            for (int at = 0; at < piece.Length;)
            {
                int from = at;
                if (isMatch(TextBuffer.Next(piece, ref at))) matches.Add((from, at));
            }
            Splitting.Cut(pieces, piece, matches, behavior);
        }
        pieces.Commit();
    }
}

/// <summary>Runs of word characters and runs of others, without the blanks: <c>\w+|[^\w\s]+</c>.</summary>
internal sealed class WordRuns : IPreTokenizer
{
    public void Split(Pieces pieces)
    {
        for (int i = 0; i < pieces.Count; i++)
        {
            var piece = pieces[i];
            int from = 0, kind = 0;
            for (int at = 0; at < piece.Length;)
            {
                int here = at;
                int next = KindOf(TextBuffer.Next(piece, ref at));
                if (next == kind) continue;
                if (kind != 0) pieces.Append(piece[from..here]);
                (from, kind) = (here, next);
            }
            if (kind != 0) pieces.Append(piece[from..]);
        }
        pieces.Commit();
    }

    private static int KindOf(int point) => CodePoints.IsWhitespace(point) ? 0 : IsWord(point) ? 1 : 2;

    // Alphabetic, marks, decimal digits, connecting punctuation and the two joiners; circled and squared letters are alphabetic too.
    private static bool IsWord(int point) =>
        point is 0x200C or 0x200D or >= 0x24B6 and <= 0x24E9 or >= 0x1F130 and <= 0x1F149 or >= 0x1F150 and <= 0x1F169 or >= 0x1F170 and <= 0x1F189
        || CharUnicodeInfo.GetUnicodeCategory(point) is <= UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber
        or UnicodeCategory.ConnectorPunctuation;
}
