using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>The items with at least one pair, in a row of their own: a dense model of items on items has no place for the others.</summary>
internal static class KnownItems
{
    /// <summary>Ascending; null where every item has a pair.</summary>
    public static int[]? Of(InteractionMatrix interactions)
    {
        int[] known = [.. Enumerable.Range(0, interactions.Items).Where(item => interactions.ByItem.RowLength(item) > 0)];
        return known.Length == interactions.Items ? null : known;
    }

    /// <summary>The pairs on known items, with the columns renumbered; pairs on others are left out.</summary>
    public static InteractionMatrix Only(InteractionMatrix interactions, int[] known)
    {
        var place = new int[interactions.Items];
        Array.Fill(place, -1);
        for (int k = 0; k < known.Length; k++) place[known[k]] = k;
        var kept = interactions.Where(Array.ConvertAll(interactions.ByUser.Indices[..interactions.Count], item => place[item] >= 0), wanted: true);
        var rows = kept.ByUser;
        return new InteractionMatrix(
            new SparseRows(rows.Rows, known.Length, rows.Pointers, Array.ConvertAll(rows.Indices, item => place[item]), rows.Values), kept.LastSeen,
            interactions.IsWeighted);
    }
}

/// <summary>Scores of known items spread over the catalog; the other items score 0.</summary>
internal sealed class KnownItemsScorer(IContributionScorer scorer, int[] known, int items) : IContributionScorer
{
    public int Users => scorer.Users;

    public int Items => items;

    public int PreferredPanel => scorer.PreferredPanel;

    public void Score(ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride)
    {
        var (first, end) = (LowerBound(firstItem), LowerBound(firstItem + itemCount));
        var here = known.AsSpan(first, end - first);
        for (int u = 0; u < users.Length; u++)
        {
            // Known items come first, packed. Moved from the last on, each goes to its place or beyond those still to be moved.
            var row = scores.Slice(u * stride, itemCount);
            row.Clear();
            if (here.Length > 0) scorer.Score(users.Slice(u, 1), first, here.Length, row, here.Length);
            for (int k = here.Length - 1; k >= 0; k--)
            {
                float score = row[k];
                row[k] = 0;
                row[here[k] - firstItem] = score;
            }
        }
    }

    public void Contributions(int user, int item, ReadOnlySpan<int> history, Span<float> contributions)
    {
        int target = known.AsSpan().BinarySearch(item);
        Span<int> one = stackalloc int[1];
        for (int h = 0; h < history.Length; h++)
        {
            contributions[h] = 0;
            int from = known.AsSpan().BinarySearch(history[h]);
            if (target < 0 || from < 0) continue;
            one[0] = from;
            scorer.Contributions(user, target, one, contributions.Slice(h, 1));
        }
    }

    private int LowerBound(int item)
    {
        int at = known.AsSpan().BinarySearch(item);
        return at < 0 ? ~at : at;
    }
}
