using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Lexical;

namespace Recsys.Batch.Pipeline.Ingest.Tables;

/// <summary>
/// Which items are variants of one product by their titles alone, for shops without a column that says so: titles (and brands) that are the same once the words
/// that tell variants apart are taken out. Those are colours, sizes, numbers and single letters, and what this shop itself uses like a colour: a word that
/// stands in the place of one in at least three series of titles (amber, fuschia and zinc in a gift shop's).
/// </summary>
internal static class TitleVariants
{
    /// <summary>Two words must be left: of a title that is a name and a number (iPhone 15) nothing is known.</summary>
    private const int MinWords = 2;

    private const int MinSeries = 3;

    /// <param name="brands">Items of two brands are never variants of one product.</param>
    /// <param name="more">Further words that tell variants apart.</param>
    /// <returns>A hash for each product with several variants; 0 for every other item.</returns>
    public static ulong[] Of(string?[] titles, string?[] brands, IEnumerable<string> more)
    {
        var scanner = new LexicalScanner(LexicalUnit.Words, 1, 1);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var words = new List<string>();
        var spelled = new int[titles.Length][];
        for (int i = 0; i < titles.Length; i++) spelled[i] = Words(titles[i]);
        var telling = new HashSet<int>();
        foreach (string word in more.SelectMany(Spelled)) telling.Add(Id(word));
        for (int w = 0; w < words.Count; w++)
            if (VariantWords.Has(words[w])) telling.Add(w);
        telling.UnionWith(UsedAlike(spelled, telling, words));
        var products = new ulong[titles.Length];
        var variants = new Dictionary<ulong, (ulong First, bool Several)>();
        for (int i = 0; i < titles.Length; i++)
        {
            int[] left = [.. spelled[i].Where(w => !telling.Contains(w))];
            if (left.Length < MinWords) continue;
            products[i] = ProductHash.Of(string.Join(' ', left.Select(w => words[w])) + '\n' + TitleResolver.Spelling(brands[i] ?? ""));
            ulong whole = ProductHash.Of(titles[i], brands[i], null);
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(variants, products[i], out bool met);
            known = met ? known with { Several = known.Several || known.First != whole } : (whole, false);
        }
        for (int i = 0; i < products.Length; i++)
            if (products[i] != 0 && !variants[products[i]].Several) products[i] = 0;
        return products;

        int[] Words(string? title) => [.. Spelled(title ?? "").Select(Id)];

        List<string> Spelled(string text)
        {
            var found = new List<string>();
            scanner.Read(text);
            while (scanner.TryNext(out var term)) found.Add(term.ToString());
            return found;
        }

        int Id(string word)
        {
            if (ids.TryGetValue(word, out int id)) return id;
            words.Add(word);
            return ids[word] = ids.Count;
        }
    }

    /// <summary>
    /// Words that are used like a colour or a size. A series is what is left of titles that differ in one word; a word is used so where at least half of the
    /// others of its series are known ones, in three series.
    /// </summary>
    private static IEnumerable<int> UsedAlike(int[][] titles, HashSet<int> telling, List<string> words)
    {
        var series = new Dictionary<Series, HashSet<int>>();
        foreach (int[] title in titles)
        {
            if (title.Length <= MinWords) continue;
            for (int gap = 0; gap < title.Length; gap++)
            {
                ref var fills = ref CollectionsMarshal.GetValueRefOrAddDefault(series, new Series(title, gap), out _);
                (fills ??= []).Add(title[gap]);
            }
        }
        var uses = new Dictionary<int, int>();
        foreach (var fills in series.Values)
        {
            if (fills.Count < 2) continue;
            int known = fills.Count(w => telling.Contains(w) && !VariantWords.IsMeasure(words[w]));
            if (known * 2 < fills.Count - 1) continue;
            foreach (int word in fills)
                if (!telling.Contains(word)) uses[word] = uses.GetValueOrDefault(word) + 1;
        }
        return uses.Where(u => u.Value >= MinSeries).Select(u => u.Key);
    }

    /// <summary>A title's words without one of them.</summary>
    private readonly struct Series(int[] title, int gap) : IEquatable<Series>
    {
        private readonly int[] _title = title;
        private readonly int _gap = gap;

        public bool Equals(Series other) =>
            _gap == other._gap && _title.AsSpan(0, _gap).SequenceEqual(other._title.AsSpan(0, _gap))
            && _title.AsSpan(_gap + 1).SequenceEqual(other._title.AsSpan(_gap + 1));

        public override bool Equals(object? obj) => obj is Series other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(_gap);
            hash.AddBytes(MemoryMarshal.AsBytes(_title.AsSpan(0, _gap)));
            hash.AddBytes(MemoryMarshal.AsBytes(_title.AsSpan(_gap + 1)));
            return hash.ToHashCode();
        }
    }
}
