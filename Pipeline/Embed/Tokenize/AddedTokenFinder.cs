using System.Buffers;
using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Embed.Tokenize.Unicode;

namespace Recsys.Batch.Pipeline.Embed.Tokenize;

/// <summary>Finds added tokens in a text: the leftmost, and of those the longest.</summary>
internal sealed class AddedTokenFinder
{
    private readonly VocabularyTrie _contents = new();
    private readonly List<AddedToken> _tokens = [];
    private readonly SearchValues<char> _firsts;

    /// <param name="tokens">What to look for and the token that it stands for.</param>
    public AddedTokenFinder(IEnumerable<(string Content, AddedToken Token)> tokens)
    {
        var firsts = new HashSet<char>();
        foreach (var (content, token) in tokens)
        {
            if (content.Length == 0 || !_contents.Add(content, _tokens.Count)) continue;
            _tokens.Add(token);
            firsts.Add(content[0]);
        }
        _firsts = SearchValues.Create(firsts.Order().ToArray());
    }

    public bool IsEmpty => _tokens.Count == 0;

    /// <summary>The next token at or behind <paramref name="from"/>; null where there is none.</summary>
    /// <param name="start">Where it starts, its blanks included where it takes them along.</param>
    public AddedToken? Next(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        for (int at = from; ; at++)
        {
            int jump = at < text.Length ? text[at..].IndexOfAny(_firsts) : -1;
            if (jump < 0) break;
            at += jump;
            int found = VocabularyTrie.None, stop = at, node = VocabularyTrie.Root;
            for (int i = at; i < text.Length && (node = _contents.Step(node, text[i])) != VocabularyTrie.None; i++)
            {
                if (_contents.IdAt(node) is not (>= 0 and int id)) continue;
                found = id;
                stop = i + 1;
            }
            if (found < 0) continue;
            var token = _tokens[found];
            if (token.SingleWord && (WordEnds(text[..at]) || WordStarts(text[stop..])))
            {
                at = stop - 1;
                continue;
            }
            start = at;
            end = stop;
            if (token.LeftStrip)
                while (start > from && IsBlank(text[start - 1])) start--;
            if (token.RightStrip)
                while (end < text.Length && IsBlank(text[end])) end++;
            return token;
        }
        start = end = text.Length;
        return null;
    }

    private static bool IsBlank(char c) => CodePoints.IsWhitespace(c);

    private static bool WordEnds(ReadOnlySpan<char> text) => Rune.DecodeLastFromUtf16(text, out var last, out _) == OperationStatus.Done && IsWord(last);

    private static bool WordStarts(ReadOnlySpan<char> text) => Rune.DecodeFromUtf16(text, out var first, out _) == OperationStatus.Done && IsWord(first);

    private static bool IsWord(Rune rune) => Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.ConnectorPunctuation
            or UnicodeCategory.LetterNumber;
}
