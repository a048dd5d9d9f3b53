namespace Recsys.Batch.Pipeline.Embed.Tokenize.Unicode;

/// <summary>The four normalization forms of Unicode Standard Annex 15.</summary>
internal static class NormalForm
{
    private const int SyllableBase = 0xAC00,
        LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7, Vowels = 21, Trails = 28, Leads = 19, Syllables = Leads * Vowels * Trails;

    /// <summary>NFD, or NFKD where <paramref name="compatible"/>.</summary>
    public static void Decompose(TextBuffer buffer, bool compatible)
    {
        var text = buffer.Text;
        if (text.IndexOfAnyExceptInRange('\0', compatible ? '\u009F' : '\u00BF') < 0) return;
        for (int at = 0; at < text.Length;)
        {
            int point = TextBuffer.Next(text, ref at);
            if (point is >= SyllableBase and < SyllableBase + Syllables)
            {
                int syllable = point - SyllableBase;
                buffer.Append((char)(LeadBase + syllable / (Vowels * Trails)));
                buffer.Append((char)(VowelBase + syllable % (Vowels * Trails) / Trails));
                if (syllable % Trails != 0) buffer.Append((char)(TrailBase + syllable % Trails));
            }
            else if ((compatible ? CodePoints.CompatibilityDecomposition(point) : CodePoints.CanonicalDecomposition(point)) is { } parts) buffer.Append(parts);
            else buffer.AppendPoint(point);
        }
        Order(buffer);
        buffer.Commit();
    }

    /// <summary>NFC, or NFKC where <paramref name="compatible"/>.</summary>
    public static void Compose(TextBuffer buffer, bool compatible)
    {
        if (buffer.Text.IndexOfAnyExceptInRange('\0', compatible ? '\u009F' : '\u00BF') < 0) return;
        Decompose(buffer, compatible);
        var text = buffer.Text;
        var points = new List<int>(text.Length);
        int starter = -1;
        int last = 0;
        for (int at = 0; at < text.Length;)
        {
            int point = TextBuffer.Next(text, ref at);
            int @class = CodePoints.CombiningClass(point);
            // Blocked where something of the same or a higher class, or another starter, stands between.
            bool reaches = starter >= 0 && (starter == points.Count - 1 || (last != 0 && last < @class));
            int composite = reaches ? Pair(points[starter], point) : -1;
            if (composite >= 0)
            {
                points[starter] = composite;
                continue;
            }
            if (@class == 0) starter = points.Count;
            last = @class;
            points.Add(point);
        }
        foreach (int point in points) buffer.AppendPoint(point);
        buffer.Commit();
    }

    private static int Pair(int first, int second)
    {
        if (first is >= LeadBase and < LeadBase + Leads && second is >= VowelBase and < VowelBase + Vowels)
            return SyllableBase + ((first - LeadBase) * Vowels + second - VowelBase) * Trails;
        if (first is >= SyllableBase and < SyllableBase + Syllables && (first - SyllableBase) % Trails == 0 && second is > TrailBase and < TrailBase + Trails)
            return first + second - TrailBase;
        return CodePoints.Compose(first, second);
    }

    /// <summary>Runs of marks in the order of their classes, equal classes as they stand.</summary>
    private static void Order(TextBuffer buffer)
    {
        var text = buffer.Appended;
        for (int at = 0; at < text.Length;)
        {
            int from = at;
            if (CodePoints.CombiningClass(TextBuffer.Next(text, ref at)) == 0) continue;
            int to = at;
            while (at < text.Length && CodePoints.CombiningClass(TextBuffer.Next(text, ref at)) != 0) to = at;
            if (to - from > 1) SortMarks(text[from..to]);
            at = to;
        }
    }

    private static void SortMarks(Span<char> run)
    {
        var marks = new List<int>(run.Length);
        for (int at = 0; at < run.Length;) marks.Add(TextBuffer.Next(run, ref at));
        int end = 0;
        foreach (int mark in marks.OrderBy(m => CodePoints.CombiningClass(m)))
            end += new System.Text.Rune(mark).EncodeToUtf16(run[end..]);
    }
}
