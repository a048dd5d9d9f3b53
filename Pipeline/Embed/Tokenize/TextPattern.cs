using System.Text.RegularExpressions;

namespace Recsys.Batch.Pipeline.Embed.Tokenize;

/// <summary>
/// A text or a regular expression to look for. Expressions are the runtime's: they see UTF-16 units, so a class such as <c>\p{L}</c> does not hold for letters
/// beyond the first plane, as it does in the reference.
/// </summary>
internal sealed class TextPattern
{
    private readonly string? _literal;
    private readonly Regex? _expression;

    private TextPattern(string? literal, Regex? expression) => (_literal, _expression) = (literal, expression);

    public static TextPattern Literal(string text) => new(text, null);

    /// <exception cref="ArgumentException">The runtime has no such expression.</exception>
    public static TextPattern Expression(string pattern) => new(null, new Regex(pattern, RegexOptions.CultureInvariant));

    /// <summary>Matches that are not empty, from left to right.</summary>
    public List<(int From, int To)> Matches(ReadOnlySpan<char> text)
    {
        var matches = new List<(int, int)>();
        if (_expression is not null)
        {
            foreach (var match in _expression.EnumerateMatches(text))
                if (match.Length > 0) matches.Add((match.Index, match.Index + match.Length));
        }
        else if (_literal!.Length > 0)
        {
            for (int at = 0; text[at..].IndexOf(_literal) is >= 0 and int found;)
            {
                matches.Add((at + found, at + found + _literal.Length));
                at += found + _literal.Length;
            }
        }
        return matches;
    }
}
