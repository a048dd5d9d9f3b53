using System.Runtime.InteropServices;

namespace Recsys.Batch.Pipeline.Lexical;

/// <summary>
/// What titles say in the same two words: jumbo bag, metal sign, hot water bottle. So items of one shelf are found without a category. A phrase counts that at
/// least three titles share and at most one in thirty does, of words without digits of which neither is in more than one title of ten: "set of" tells no
/// shelf. In a small catalog thirty titles may share a phrase.
/// </summary>
internal sealed class TitlePhrases
{
    private const int MinTitles = 3, SmallCatalog = 30;

    private readonly int[] _offsets;
    private readonly int[] _phrases;

    private TitlePhrases(int[] offsets, int[] phrases, int count)
    {
        (_offsets, _phrases) = (offsets, phrases);
        Count = count;
    }

    /// <summary>How many phrases there are.</summary>
    public int Count { get; }

    public int Items => _offsets.Length - 1;

    /// <summary>Phrases of an item's title, each once.</summary>
    public ReadOnlySpan<int> Of(int item) => _phrases.AsSpan(_offsets[item].._offsets[item + 1]);

    public static TitlePhrases Of(string?[] titles)
    {
        var scanner = new LexicalScanner(LexicalUnit.Words, 1, 1);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var titlesOfWord = new List<int>();
        var spelled = Array.ConvertAll(titles, Words);
        int most = Math.Max(SmallCatalog, titles.Length / 30), mostOfWord = Math.Max(SmallCatalog, titles.Length / 10);
        var titlesOfPhrase = new Dictionary<long, int>();
        foreach (int[] title in spelled)
        {
            foreach (int word in title.Distinct())
                if (word >= 0) titlesOfWord[word]++;
        }
        foreach (int[] title in spelled)
            foreach (long phrase in Phrases(title).Distinct()) CollectionsMarshal.GetValueRefOrAddDefault(titlesOfPhrase, phrase, out _)++;
        var numbers = new Dictionary<long, int>();
        var offsets = new int[titles.Length + 1];
        var phrases = new List<int>();
        for (int i = 0; i < titles.Length; i++)
        {
            foreach (long phrase in Phrases(spelled[i]).Distinct())
            {
                int sharing = titlesOfPhrase[phrase];
                if (sharing < MinTitles || sharing > most) continue;
                if (!numbers.TryGetValue(phrase, out int number)) numbers[phrase] = number = numbers.Count;
                phrases.Add(number);
            }
            offsets[i + 1] = phrases.Count;
        }
        return new TitlePhrases(offsets, [.. phrases], numbers.Count);

        // Words with digits are -1: they stand between two others, and are part of no phrase.
        int[] Words(string? title)
        {
            var found = new List<int>();
            scanner.Read(title ?? "");
            while (scanner.TryNext(out var term)) found.Add(term.ContainsAnyInRange('0', '9') ? -1 : Id(term));
            return [.. found];
        }

        int Id(ReadOnlySpan<char> word)
        {
            var lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
            if (lookup.TryGetValue(word, out int id)) return id;
            titlesOfWord.Add(0);
            return ids[word.ToString()] = ids.Count;
        }

        IEnumerable<long> Phrases(int[] title)
        {
            for (int w = 0; w + 1 < title.Length; w++)
                if (Tells(title[w]) && Tells(title[w + 1])) yield return ((long)title[w] << 32) | (uint)title[w + 1];
        }

        bool Tells(int word) => word >= 0 && titlesOfWord[word] <= mostOfWord;
    }
}
