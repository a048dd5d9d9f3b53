namespace Recsys.Batch.Pipeline.Ingest;

/// <summary>The name somebody most likely meant, by Damerau-Levenshtein distance without regard to case.</summary>
static class NearestName
{
    /// <summary>The nearest of <paramref name="names"/>, or null where none shares at least half of its letters.</summary>
    public static string? Of(string wanted, IEnumerable<string> names)
    {
        string? best = null;
        int bestDistance = int.MaxValue;
        foreach (string name in names)
        {
            int distance = Distance(wanted.ToUpperInvariant(), name.ToUpperInvariant());
            if (distance >= bestDistance) continue;
            bestDistance = distance;
            best = name;
        }
        return best is not null && bestDistance * 2 <= Math.Max(wanted.Length, best.Length) ? best : null;
    }

    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) rows[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) rows[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int changed = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                int best = Math.Min(changed, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) best = Math.Min(best, rows[i - 2, j - 2] + 1);
                rows[i, j] = best;
            }
        }
        return rows[a.Length, b.Length];
    }
}
