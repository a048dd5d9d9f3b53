using System.Runtime.InteropServices;

namespace Recsys.Batch.Pipeline.Places.QueryResults;

/// <summary>
/// Which queries are one: those that differ by typing alone have the form that was asked most. A query joins a form that was asked more often and is one slip
/// away (a letter more, less, another one, or two changed about), two from nine letters on; but not where its digits are others, nor where all its words are
/// words of titles: a red bag is no bed bag. Forms within reach are found by what is left when letters are taken out (symmetric deletion), in memory of some
/// 100 numbers a form.
/// </summary>
internal static class QueryForms
{
    private const int MinLength = 4, TwoSlipsFrom = 9, MaxLength = 40;

    /// <summary>The most asked forms, which others may join.</summary>
    private const int MaxTargets = 10_000;

    /// <param name="queries">Normalized, each once.</param>
    /// <param name="asked">How often each was asked.</param>
    /// <param name="isWord">Whether a word is one of titles.</param>
    /// <returns>The form of each, as a position among the queries; its own where it is a form.</returns>
    public static int[] Merge(IReadOnlyList<string> queries, IReadOnlyList<int> asked, Func<string, bool> isWord)
    {
        int[] order = [.. Enumerable.Range(0, queries.Count).OrderByDescending(q => asked[q]).ThenBy(q => queries[q], StringComparer.Ordinal)];
        var forms = new int[queries.Count];
        var targets = new Dictionary<ulong, List<int>>();
        int count = 0;
        foreach (int q in order)
        {
            forms[q] = q;
            string query = queries[q];
            if (query.Length is < MinLength or > MaxLength) continue;
            var keys = Deletions(query, Slips(query)).ToHashSet();
            if (!Array.TrueForAll(query.Split(' '), w => isWord(w)))
            {
                // Targets stand in the order in which they came: the most asked first.
                int best = keys.SelectMany(k => targets.GetValueOrDefault(k) ?? []).Where(t => asked[t] > asked[q] && IsNear(queries[t], query))
                    .DefaultIfEmpty(-1).MinBy(t => t < 0 ? (0, "") : (-asked[t], queries[t]));
                if (best >= 0)
                {
                    forms[q] = best;
                    continue;
                }
            }
            if (count++ >= MaxTargets) continue;
            foreach (ulong key in keys) (CollectionsMarshal.GetValueRefOrAddDefault(targets, key, out _) ??= []).Add(q);
        }
        return forms;
    }

    internal static bool IsNear(string a, string b) =>
        Math.Abs(a.Length - b.Length) <= Slips(b) && a.Where(char.IsDigit).SequenceEqual(b.Where(char.IsDigit)) && Distance(a, b) <= Slips(b);

    /// <summary>Letters inserted, deleted, replaced or changed about with the next: optimal string alignment.</summary>
    internal static int Distance(string a, string b)
    {
        var rows = new int[3][];
        for (int r = 0; r < 3; r++) rows[r] = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++) rows[0][j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            int[] row = rows[i % 3], last = rows[(i + 2) % 3], before = rows[(i + 1) % 3];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], before[j - 2] + 1);
            }
        }
        return rows[a.Length % 3][b.Length];
    }

    private static int Slips(string query) => query.Length >= TwoSlipsFrom ? 2 : 1;

    /// <summary>Hashes of the query without none, one and, where two slips may be, two of its letters.</summary>
    private static IEnumerable<ulong> Deletions(string query, int slips)
    {
        yield return Hash(query, -1, -1);
        for (int i = 0; i < query.Length; i++)
        {
            yield return Hash(query, i, -1);
            for (int j = i + 1; slips > 1 && j < query.Length; j++) yield return Hash(query, i, j);
        }
    }

    private static ulong Hash(string query, int without, int alsoWithout)
    {
        ulong hash = 14_695_981_039_346_656_037;
        for (int k = 0; k < query.Length; k++)
            if (k != without && k != alsoWithout) hash = (hash ^ query[k]) * 1_099_511_628_211;
        return hash;
    }
}
