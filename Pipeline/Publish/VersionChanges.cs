namespace Recsys.Batch.Pipeline.Publish;

/// <summary>A user's list in both versions, best first.</summary>
internal sealed record ListChange(string UserId, IReadOnlyList<string> Before, IReadOnlyList<string> After)
{
    public int Kept { get; } = Before.Intersect(After).Count();
}

/// <summary>An item, and on how many lists it stands in either version.</summary>
internal sealed record ItemChange(string ItemId, int Before, int After);

/// <summary>What readers get otherwise than in another version: which items, and whose lists most of all.</summary>
/// <param name="Came">Items that stood on no list before, those on most lists first; <paramref name="CameCount"/> in all.</param>
/// <param name="Went">Items that stand on no list any more, those that were on most lists first; <paramref name="WentCount"/> in all.</param>
/// <param name="MostChanged">The lists of which the smallest share stays.</param>
internal sealed record VersionChanges(
    VersionComparison Totals, IReadOnlyList<ItemChange> Came, int CameCount, IReadOnlyList<ItemChange> Went, int WentCount,
    IReadOnlyList<ListChange> MostChanged)
{
    /// <param name="shown">How many items and lists are named.</param>
    /// <exception cref="Errors.ConfigurationException">There is no complete version of one of the names.</exception>
    public static VersionChanges Of(IOutputStore store, string before, string after, int shown)
    {
        foreach (string version in (string[])[before, after])
            if (store.Find(version) is not { IsComplete: true })
                throw new Errors.ConfigurationException($"there is no complete version '{version}'; see 'versions list'");
        var items = new Dictionary<string, (int Before, int After)>(StringComparer.Ordinal);
        // The shown ones alone stay in memory; the one that would give way first is on top.
        var changed = new PriorityQueue<ListChange, (double Kept, long At)>(Comparer<(double Kept, long At)>.Create((x, y) => y.CompareTo(x)));
        long at = 0;
        var totals = VersionComparison.Of(store, before, after, (user, was, now) =>
        {
            foreach (string item in was) items[item] = items.GetValueOrDefault(item) is var n ? (n.Before + 1, n.After) : default;
            foreach (string item in now) items[item] = items.GetValueOrDefault(item) is var n ? (n.Before, n.After + 1) : default;
            if (was.Count == 0 || now.Count == 0 || was.SequenceEqual(now)) return;
            var list = new ListChange(user, was, now);
            changed.Enqueue(list, (list.Kept / (double)Math.Max(was.Count, now.Count), at++));
            if (changed.Count > shown) changed.Dequeue();
        });
        ItemChange[] came = Named(items.Where(i => i.Value.Before == 0), i => i.After), went = Named(items.Where(i => i.Value.After == 0), i => i.Before);
        var most = new List<ListChange>();
        while (changed.TryDequeue(out var list, out _)) most.Add(list);
        most.Reverse();
        return new VersionChanges(totals, [.. came.Take(shown)], came.Length, [.. went.Take(shown)], went.Length, most);
    }

    private static ItemChange[] Named(IEnumerable<KeyValuePair<string, (int Before, int After)>> items, Func<ItemChange, int> lists) =>
        [.. items.Select(i => new ItemChange(i.Key, i.Value.Before, i.Value.After)).OrderByDescending(lists).ThenBy(i => i.ItemId, StringComparer.Ordinal)];
}
