using System.Buffers;
using System.Text;

namespace Recsys.Batch.Pipeline.Storage;

/// <summary>
/// PostgreSQL holds no U+0000 in text. In ids, titles and all else that comes back, it is kept as <c>␀0</c> (U+2400 and a zero), and a ␀ that was there
/// before as <c>␀␀</c>: no two texts become one, and what is read through this program is what was written. Text in the ledgers, which only people read,
/// keeps the plain ␀. A surrogate without its other half becomes U+FFFD.
/// </summary>
internal static class PostgresText
{
    private const char Mark = '␀';
    private static readonly SearchValues<char> Special = SearchValues.Create("\0␀");
    private static readonly byte[] MarkUtf8 = Encoding.UTF8.GetBytes([Mark]);

    public static string Encode(string text) =>
        Whole(!text.AsSpan().ContainsAny(Special)
            ? text
            : text.Replace("␀", "␀␀", StringComparison.Ordinal).Replace("\0", "␀0", StringComparison.Ordinal));

    public static string Decode(string text)
    {
        if (!text.Contains(Mark, StringComparison.Ordinal)) return text;
        var back = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != Mark || i + 1 == text.Length) back.Append(text[i]);
            else back.Append(text[++i] == '0' ? '\0' : Mark);
        }
        return back.ToString();
    }

    /// <summary>Whether those bytes must be encoded before they are written.</summary>
    public static bool NeedsEncoding(ReadOnlySpan<byte> utf8) => utf8.Contains((byte)0) || utf8.IndexOf(MarkUtf8) >= 0;

    /// <summary>Text for people: U+0000 shows as ␀.</summary>
    public static string Shown(string text) => Whole(text.Replace('\0', Mark));

    private static string Whole(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        }
        return text;
    }
}
