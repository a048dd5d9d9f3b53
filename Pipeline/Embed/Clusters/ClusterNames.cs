using System.Text;

namespace Recsys.Batch.Pipeline.Embed.Clusters;

/// <summary>
/// Names of groups of titles: the words that stand out in a group by class-based TF-IDF (Grootendorst 2022), <c>tf * ln(1 + A / f)</c> with tf the share of the
/// group's words, f the word's count over all groups and A the mean number of words a group. Numbers and words of one letter name nothing.
/// </summary>
internal static class ClusterNames
{
    /// <param name="titles">Aligned with <paramref name="clusterOf"/>; null counts nothing.</param>
    /// <returns>One name a cluster, told apart by a number where two would be the same.</returns>
    public static string[] Of(IReadOnlyList<string?> titles, int[] clusterOf, int clusters, int words)
    {
        var counts = Enumerable.Range(0, clusters).Select(_ => new Dictionary<string, int>(StringComparer.Ordinal)).ToArray();
        var all = new Dictionary<string, int>(StringComparer.Ordinal);
        long total = 0;
        for (int i = 0; i < titles.Count; i++)
        {
            if (clusterOf[i] < 0 || titles[i] is not { } title) continue;
            foreach (string word in WordsOf(title).Distinct(StringComparer.Ordinal))
            {
                counts[clusterOf[i]][word] = counts[clusterOf[i]].GetValueOrDefault(word) + 1;
                all[word] = all.GetValueOrDefault(word) + 1;
                total++;
            }
        }
        double mean = (double)total / clusters;
        var taken = new Dictionary<string, int>(StringComparer.Ordinal);
        var names = new string[clusters];
        for (int c = 0; c < clusters; c++)
        {
            double size = Math.Max(1, counts[c].Values.Sum());
            string name = string.Join(
                ' ',
                counts[c].OrderByDescending(w => w.Value / size * Math.Log(1 + mean / all[w.Key]))
                    .ThenBy(w => w.Key, StringComparer.Ordinal)
                    .Take(words)
                    .Select(w => w.Key));
            if (name.Length == 0) name = "unnamed";
            int times = taken[name] = taken.GetValueOrDefault(name) + 1;
            names[c] = times == 1 ? name : $"{name} {times.ToString(System.Globalization.CultureInfo.InvariantCulture)}";
        }
        return names;
    }

    private static IEnumerable<string> WordsOf(string title)
    {
        var word = new StringBuilder();
        bool hasLetter = false;
        foreach (var rune in (title + " ").EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || rune.Value == '\'' && word.Length > 0)
            {
                hasLetter |= Rune.IsLetter(rune);
                word.Append(Rune.ToLowerInvariant(rune));
                continue;
            }
            if (hasLetter && word.Length > 1) yield return word.ToString().TrimEnd('\'');
            word.Clear();
            hasLetter = false;
        }
    }
}
