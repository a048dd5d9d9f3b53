using Recsys.Batch.Pipeline.Places.QueryResults;

namespace Recsys.Batch.Pipeline.Places.Reviews;

/// <summary>What became of a review that was read.</summary>
internal enum ReviewStatus : byte
{
    Counts,

    /// <summary>Its text stands under more reviews than people come to by chance.</summary>
    RepeatedText,

    /// <summary>Its author wrote more within 24 hours than a customer does.</summary>
    Burst,

    /// <summary>Its author wrote of the item again later: the newest counts.</summary>
    WrittenAgain,
}

/// <summary>Which reviews do not count, and why; of several reasons the first. Memory: the words of each text once.</summary>
internal static class ReviewFlags
{
    /// <summary>Letters and digits of a text that two people do not write alike by chance.</summary>
    private const int MinRepeatedLength = 20;

    private const uint Day = 86_400;

    public static ReviewStatus[] Of(ReviewLog log, ReviewsOptions options)
    {
        var statuses = new ReviewStatus[log.Rows.Length];
        FlagTexts(log.Rows, options.MaxSameText, statuses);
        FlagBursts(log.Rows, options.MaxAuthorDay, statuses);
        FlagOlder(log.Rows, statuses);
        return statuses;
    }

    private static void FlagTexts(Review[] rows, int most, ReviewStatus[] statuses)
    {
        var words = new QueryWords();
        var byText = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (int r = 0; r < rows.Length; r++)
        {
            if (rows[r].Text is not { } text || words.Normalized(text) is not { Length: >= MinRepeatedLength } normalized) continue;
            if (!byText.TryGetValue(normalized, out var same)) byText[normalized] = same = [];
            same.Add(r);
        }
        foreach (int r in byText.Values.Where(same => same.Count > most).SelectMany(same => same)) statuses[r] = ReviewStatus.RepeatedText;
    }

    private static void FlagBursts(Review[] rows, int most, ReviewStatus[] statuses)
    {
        var written = Enumerable.Range(0, rows.Length).Where(r => rows[r].Author >= 0 && rows[r].Second > 0).GroupBy(r => rows[r].Author);
        foreach (var own in written.Where(o => o.Count() > most))
        {
            int[] order = [.. own.OrderBy(r => rows[r].Second).ThenBy(r => r)];
            for (int from = 0, to = 0; from < order.Length; from++)
            {
                while (to < order.Length && rows[order[to]].Second < rows[order[from]].Second + (long)Day) to++;
                if (to - from <= most) continue;
                foreach (int r in order.AsSpan(from..to))
                    if (statuses[r] == ReviewStatus.Counts) statuses[r] = ReviewStatus.Burst;
            }
        }
    }

    private static void FlagOlder(Review[] rows, ReviewStatus[] statuses)
    {
        // Rows of an item stand together, oldest first.
        var newest = new HashSet<(int Item, int Author)>();
        for (int r = rows.Length - 1; r >= 0; r--)
        {
            if (statuses[r] != ReviewStatus.Counts || rows[r].Author < 0) continue;
            if (!newest.Add((rows[r].Item, rows[r].Author))) statuses[r] = ReviewStatus.WrittenAgain;
        }
    }
}
