using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Benchmarks.TextQuality;

/// <summary>Titles as people type and shorten them: one word of four letters or more is changed, the same one each time.</summary>
internal static class Misspelling
{
    public static string Of(string title, ulong seed)
    {
        var random = new SplitMix64(seed, "misspelling");
        string[] words = title.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int[] candidates = [.. Enumerable.Range(0, words.Length).Where(i => words[i].Length >= 4 && words[i].All(char.IsAsciiLetter))];
        if (candidates.Length == 0) return title;
        int chosen = candidates[random.NextInt(candidates.Length)];
        string word = words[chosen];
        int at = 1 + random.NextInt(word.Length - 2);
        words[chosen] = random.NextInt(4) switch
        {
            0 => word.Remove(at, 1),
            1 => word[..at] + word[at + 1] + word[at] + word[(at + 2)..],
            2 => word.Insert(at, word[at].ToString()),
            _ => word[0] + string.Concat(word[1..].Where(c => !"aeiouAEIOU".Contains(c))),
        };
        return string.Join(' ', words);
    }
}
