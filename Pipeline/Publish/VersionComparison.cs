namespace Recsys.Batch.Pipeline.Publish;

/// <summary>How the lists of two versions differ.</summary>
/// <param name="UsersInBoth">Users with a list in both versions; the shares below are over them.</param>
/// <param name="EqualLists">Share of users whose list has the same items in the same order.</param>
/// <param name="MeanJaccard">Mean of |A and B| / |A or B| of a user's two lists.</param>
/// <param name="MeanKept">Mean share of the earlier list's items that the later one still has: 1 - churn.</param>
/// <param name="ItemsBefore">Different items on any list of the earlier version.</param>
internal sealed record VersionComparison(
    string Before, string After, long UsersInBoth, long UsersOnlyBefore, long UsersOnlyAfter, double EqualLists, double MeanJaccard, double MeanKept,
    int ItemsBefore, int ItemsAfter)
{
    /// <param name="each">Is given each user with both lists, an empty one where the user has none in a version; null where nobody asks.</param>
    internal static VersionComparison Of(
        IOutputStore store, string before, string after, Action<string, IReadOnlyList<string>, IReadOnlyList<string>>? each = null)
    {
        var itemsBefore = new HashSet<string>(StringComparer.Ordinal);
        var itemsAfter = new HashSet<string>(StringComparer.Ordinal);
        long both = 0, onlyBefore = 0, onlyAfter = 0, equal = 0;
        double jaccard = 0, kept = 0;
        using var a = store.Lists(before).GetEnumerator();
        using var b = store.Lists(after).GetEnumerator();
        bool hasA = a.MoveNext(), hasB = b.MoveNext();
        while (hasA || hasB)
        {
            int order = !hasA ? 1 : !hasB ? -1 : Utf8Order(a.Current.UserId, b.Current.UserId);
            if (order <= 0) itemsBefore.UnionWith(a.Current.ItemIds);
            if (order >= 0) itemsAfter.UnionWith(b.Current.ItemIds);
            each?.Invoke(order <= 0 ? a.Current.UserId : b.Current.UserId, order <= 0 ? a.Current.ItemIds : [], order >= 0 ? b.Current.ItemIds : []);
            if (order < 0) onlyBefore++;
            else if (order > 0) onlyAfter++;
            else
            {
                both++;
                if (a.Current.ItemIds.SequenceEqual(b.Current.ItemIds)) equal++;
                int shared = a.Current.ItemIds.Intersect(b.Current.ItemIds).Count();
                jaccard += shared / (double)(a.Current.ItemIds.Count + b.Current.ItemIds.Count - shared);
                kept += shared / (double)a.Current.ItemIds.Count;
            }
            if (order <= 0) hasA = a.MoveNext();
            if (order >= 0) hasB = b.MoveNext();
        }
        double n = Math.Max(1, both);
        return new VersionComparison(before, after, both, onlyBefore, onlyAfter, equal / n, jaccard / n, kept / n, itemsBefore.Count, itemsAfter.Count);
    }

    // The order of the tables: bytes of UTF-8, which UTF-16 code units do not follow beyond the first plane.
    private static int Utf8Order(string x, string y) =>
        System.Text.Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(y));
}
