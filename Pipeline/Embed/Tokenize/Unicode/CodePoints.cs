using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Recsys.Batch.Pipeline.Embed.Tokenize.Unicode;

/// <summary>
/// What the reference implementation (Hugging Face's tokenizers) knows of each code point. Tables of our own, because the runtime's normalization does nothing
/// under invariant globalization, and because a model's vocabulary was made with the reference's version of Unicode. Made by
/// <c>Tests/Tokenizers/unicode-tables.mjs</c>.
/// </summary>
internal static class CodePoints
{
    private const byte Whitespace = 1, Punctuation = 2, Control = 4, Nonspacing = 8, Combining = 16, Lower = 32, Canonical = 64, Compatible = 128;

    private static readonly CodePointBytes Traits;
    private static readonly CodePointBytes Classes;
    private static readonly Dictionary<int, string> LowerOf = [];
    private static readonly Dictionary<int, string> CanonicalOf = [];
    private static readonly Dictionary<int, string> CompatibleOf = [];
    private static readonly Dictionary<long, int> Composites = [];

    static CodePoints()
    {
        var traits = new byte[0x110000];
        var classes = new byte[0x110000];
        using var stream = typeof(CodePoints).Assembly.GetManifestResourceStream("Unicode.Tables")
            ?? throw new InvalidOperationException("the assembly lacks its Unicode tables");
        using var lines = new StreamReader(new GZipStream(stream, CompressionMode.Decompress), Encoding.ASCII);
        while (lines.ReadLine() is { } line)
        {
            int colon = line.IndexOf(':');
            string name = line[..colon];
            var entries = line[(colon + 1)..].Split(',');
            switch (name)
            {
                case "whitespace": Mark(traits, entries, Whitespace); break;
                case "punctuation": Mark(traits, entries, Punctuation); break;
                case "control": Mark(traits, entries, Control); break;
                case "nonspacing": Mark(traits, entries, Nonspacing); break;
                case "combining": Mark(traits, entries, Combining); break;
                case "lower": Map(entries, LowerOf, traits, Lower); break;
                case "canonical": Map(entries, CanonicalOf, traits, Canonical); break;
                case "compatible": Map(entries, CompatibleOf, traits, Compatible); break;
                case "composites": Pair(entries); break;
                default: Mark(classes, entries, byte.Parse(name.AsSpan("class ".Length), CultureInfo.InvariantCulture)); break;
            }
        }
        Traits = new CodePointBytes(traits);
        Classes = new CodePointBytes(classes);
    }

    /// <summary>White_Space of the Unicode standard.</summary>
    public static bool IsWhitespace(int point) => (Traits[point] & Whitespace) != 0;

    /// <summary>ASCII's signs and Unicode's P categories: what BERT splits at.</summary>
    public static bool IsPunctuation(int point) => (Traits[point] & Punctuation) != 0;

    /// <summary>What BERT's cleaning drops: Cc but tab and line ends, Cf, Co, U+FFFD.</summary>
    public static bool IsControl(int point) => (Traits[point] & Control) != 0;

    /// <summary>Mn: what BERT drops after canonical decomposition.</summary>
    public static bool IsNonspacingMark(int point) => (Traits[point] & Nonspacing) != 0;

    /// <summary>M: what the normalizer StripAccents drops.</summary>
    public static bool IsCombiningMark(int point) => (Traits[point] & Combining) != 0;

    /// <summary>The blocks that BERT treats as one word a character.</summary>
    public static bool IsChinese(int point) =>
        point is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x20000 and <= 0x2A6DF or >= 0x2A700 and <= 0x2B73F
        or >= 0x2B740 and <= 0x2B81F or >= 0x2B920 and <= 0x2CEAF or >= 0xF900 and <= 0xFAFF or >= 0x2F800 and <= 0x2FA1F;

    /// <summary>The lower case where it is another one; it depends on the character alone, so a final sigma is none.</summary>
    public static string? LowerCase(int point) => (Traits[point] & Lower) != 0 ? LowerOf[point] : null;

    /// <summary>The full canonical decomposition, Hangul aside; null where a character is its own.</summary>
    public static string? CanonicalDecomposition(int point) => (Traits[point] & Canonical) != 0 ? CanonicalOf[point] : null;

    /// <summary>The full compatibility decomposition, Hangul aside; null where a character is its own.</summary>
    public static string? CompatibilityDecomposition(int point)
        => (Traits[point] & Compatible) != 0 ? CompatibleOf[point] : CanonicalDecomposition(point);

    /// <summary>Canonical_Combining_Class: 0 for what starts a sequence.</summary>
    public static byte CombiningClass(int point) => Classes[point];

    /// <summary>The primary composite of two code points, Hangul aside; -1 where there is none.</summary>
    public static int Compose(int first, int second) => Composites.TryGetValue((long)first << 32 | (uint)second, out int composite) ? composite : -1;

    private static void Mark(byte[] of, string[] ranges, byte value)
    {
        foreach (string range in ranges)
        {
            int dash = range.IndexOf('-');
            int from = Hex(dash < 0 ? range : range.AsSpan(0, dash));
            int to = dash < 0 ? from : Hex(range.AsSpan(dash + 1));
            for (int c = from; c <= to; c++) of[c] |= value;
        }
    }

    private static void Map(string[] entries, Dictionary<int, string> into, byte[] traits, byte trait)
    {
        foreach (string entry in entries)
        {
            int equal = entry.IndexOf('=');
            int point = Hex(entry.AsSpan(0, equal));
            into[point] = string.Concat(entry[(equal + 1)..].Split(' ').Select(h => char.ConvertFromUtf32(Hex(h))));
            traits[point] |= trait;
        }
    }

    private static void Pair(string[] entries)
    {
        foreach (string entry in entries)
        {
            int equal = entry.IndexOf('='), blank = entry.IndexOf(' ');
            Composites[(long)Hex(entry.AsSpan(equal + 1, blank - equal - 1)) << 32 | (uint)Hex(entry.AsSpan(blank + 1))] = Hex(entry.AsSpan(0, equal));
        }
    }

    private static int Hex(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
