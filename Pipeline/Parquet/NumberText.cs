using System.Globalization;
using System.Text;

namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>
/// Numbers as exporters print them: <c>12.5</c>, <c>1e3</c>, <c>+5</c>, <c>1,234.50</c>, <c>1.234,50</c>, <c>12,50</c>, <c>$12.50</c>, <c>12,50 €</c>. What
/// can mean two numbers (<c>1,234</c>: a thousand and more, or one and a bit) is none.
/// </summary>
internal static class NumberText
{
    private const int MaxBytes = 64;

    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        value = double.NaN;
        if (text.Length > MaxBytes) return false;
        string plain = Encoding.UTF8.GetString(text).Trim().Trim('$', '€', '£', '¥', '₹', '₽').Trim();
        // Blanks between digits part thousands, in France by one that does not break.
        plain = plain.Replace(" ", "", StringComparison.Ordinal)
            .Replace("\u00A0", "", StringComparison.Ordinal)
            .Replace("\u202F", "", StringComparison.Ordinal)
            .Replace("'", "", StringComparison.Ordinal);
        int comma = plain.LastIndexOf(','), point = plain.LastIndexOf('.');
        if (comma >= 0)
        {
            bool thousands = comma < point || plain.IndexOf(',', StringComparison.Ordinal) != comma;
            if (!thousands && point < 0 && IsAmbiguous(plain, comma)) return false;
            if (thousands && !IsGrouped(point < 0 ? plain : plain[..point], ',')) return false;
            if (!thousands && point >= 0 && !IsGrouped(plain[..comma], '.')) return false;
            plain = thousands ? plain.Replace(",", "", StringComparison.Ordinal) : plain.Replace(".", "", StringComparison.Ordinal).Replace(',', '.');
        }
        else if (point >= 0 && plain.IndexOf('.', StringComparison.Ordinal) != point)
        {
            if (!IsGrouped(plain, '.')) return false;
            plain = plain.Replace(".", "", StringComparison.Ordinal);
        }
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(plain, Style, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

    // Three digits behind a single comma, and one to three before it that do not begin with 0.
    private static bool IsAmbiguous(string text, int comma)
    {
        string before = text[..comma].TrimStart('+', '-');
        return text.Length - comma - 1 == 3 && before.Length is >= 1 and <= 3 && before[0] != '0';
    }

    private static bool IsGrouped(string text, char mark)
    {
        string[] groups = text.TrimStart('+', '-').Split(mark);
        return groups[0].Length is >= 1 and <= 3 && groups.Skip(1).All(g => g.Length == 3 && g.All(char.IsAsciiDigit)) && groups[0].All(char.IsAsciiDigit);
    }
}
