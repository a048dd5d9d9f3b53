using System.Text;

namespace Recsys.Batch.Jobs.Text;

/// <summary>
/// Makes text from data safe to print: control characters, which could move the cursor or rewrite what was printed, and marks that reorder a
/// line are shown as <c>\u001b</c> is.
/// </summary>
internal static class SafeText
{
    /// <summary>For text of one line.</summary>
    public static string Line(string? text) => Escape(text ?? "", keepLines: false);

    /// <summary>For messages, whose line breaks are ours.</summary>
    public static string Lines(string text) => Escape(text, keepLines: true);

    private static string Escape(string text, bool keepLines)
    {
        StringBuilder? made = null;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            bool harmless = !IsHostile(c) || keepLines && c is '\n' or '\r';
            if (harmless)
            {
                made?.Append(c);
                continue;
            }
            made ??= new StringBuilder(text, 0, i, text.Length + 16);
            made.Append("\\u").Append(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture));
        }
        return made?.ToString() ?? text;
    }

    private static bool IsHostile(char c) =>
        char.IsControl(c) || c is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069' or '\u200E' or '\u200F' or '\u2028' or '\u2029' or '\uFEFF';
}
