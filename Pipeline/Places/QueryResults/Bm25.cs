using System.Runtime.InteropServices;

namespace Recsys.Batch.Pipeline.Places.QueryResults;

/// <summary>
/// Titles by BM25 (Robertson and Zaragoza 2009, k1 1.2, b .75), with plural and singular of a word as one. Memory: 8 bytes a title and word.
/// </summary>
internal sealed class Bm25
{
    private const double K1 = 1.2, B = 0.75;

    private readonly Dictionary<string, List<(int Item, int Count)>> _postings = new(StringComparer.Ordinal);
    private readonly int[] _lengths;
    private readonly double _meanLength;

    /// <param name="titles">Words of each; empty where an item has none or is not for sale.</param>
    public Bm25(IReadOnlyList<string[]> titles)
    {
        _lengths = [.. titles.Select(t => t.Length)];
        _meanLength = Math.Max(1, titles.Sum(t => (double)t.Length) / Math.Max(1, titles.Count(t => t.Length > 0)));
        for (int item = 0; item < titles.Count; item++)
            foreach (var (word, count) in titles[item].Select(Stem).CountBy(w => w, StringComparer.Ordinal))
                (CollectionsMarshal.GetValueRefOrAddDefault(_postings, word, out _) ??= []).Add((item, count));
    }

    public bool Knows(string word) => _postings.ContainsKey(Stem(word));

    /// <summary>Adds what each word of a query says of the items whose titles hold it.</summary>
    /// <param name="scores">By item, zeros.</param>
    /// <param name="touched">Takes the items that got something, each once.</param>
    public void Score(IEnumerable<string> query, double[] scores, List<int> touched)
    {
        foreach (string word in query.Select(Stem).Distinct(StringComparer.Ordinal))
        {
            if (!_postings.TryGetValue(word, out var items)) continue;
            double weight = Math.Log(1 + (_lengths.Length - items.Count + 0.5) / (items.Count + 0.5));
            foreach (var (item, count) in items)
            {
                if (scores[item] == 0) touched.Add(item);
                scores[item] += weight * count * (K1 + 1) / (count + K1 * (1 - B + B * _lengths[item] / _meanLength));
            }
        }
    }

    /// <summary>A word without the plural's s.</summary>
    private static string Stem(string word) =>
        word.Length > 3 && word.EndsWith('s') && !word.EndsWith("ss", StringComparison.Ordinal) ? word[..^1] : word;
}
