using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Console.Views;

/// <param name="Weight">What the interactions of user and item came to, after decay.</param>
internal sealed record HistoryItem(string ItemId, string? Title, DateTimeOffset? LastSeen, double Weight);

/// <param name="Users">Users with it in their history.</param>
/// <param name="CategoryConfidence">The probability of a predicted category; null where it is the shop's own.</param>
internal sealed record ItemFacts(
    string ItemId, string? Title, string? Category, string? Brand, double? Price, bool Available, int Users, double? CategoryConfidence);

internal sealed record ItemMatch(string ItemId, string? Title);

/// <summary>
/// What a published version was made from: who bought what, and what is known of items. It lies in the folder of the version's run; the last one asked for
/// stays in memory.
/// </summary>
internal sealed class ListArchive(RunArchive runs, IOutputStore store)
{
    private readonly Lock _gate = new();
    private (string Folder, Source Source)? _last;

    /// <summary>
    /// The user's items in the data of that version, last bought first; null where the run's folder is gone, empty where the user is not known.
    /// </summary>
    public IReadOnlyList<HistoryItem>? History(string version, string userId, int limit)
    {
        if (Open(version) is not { } source) return null;
        int user = source.Users.Find(userId);
        if (user < 0) return [];
        var rows = source.Interactions.ByUser;
        int first = rows.Pointers[user];
        return [.. Enumerable.Range(first, rows.RowLength(user))
            .OrderByDescending(k => source.Interactions.LastSeen?[k] ?? 0).ThenByDescending(k => rows.Values[k]).ThenBy(k => k).Take(limit)
            .Select(k => new HistoryItem(
                source.Items.Text(rows.Indices[k]), source.Catalog.Titles[rows.Indices[k]],
                source.Interactions.LastSeen is { } seen && seen[k] > 0 ? DateTimeOffset.FromUnixTimeSeconds(seen[k]) : null, rows.Values[k]))];
    }

    /// <summary>How many different items the user has; null where that cannot be told any more.</summary>
    public int? HistoryLength(string version, string userId) =>
        Open(version) is { } source ? source.Users.Find(userId) is >= 0 and var user ? source.Interactions.ByUser.RowLength(user) : 0 : null;

    public bool? Knows(string version, string userId) => Open(version) is { } source ? source.Users.Find(userId) >= 0 : null;

    /// <summary>What is known of an item; from the table of titles alone where the run's folder is gone; null where nothing is.</summary>
    public ItemFacts? Item(string version, string itemId)
    {
        if (Open(version) is { } source && source.Items.Find(itemId) is >= 0 and var i)
        {
            var c = source.Catalog;
            // A predicted category is in the table of titles alone.
            var predicted = string.IsNullOrEmpty(c.Categories[i]) ? store.Titles([itemId]).GetValueOrDefault(itemId) : null;
            return new ItemFacts(
                itemId, c.Titles[i], predicted?.Category ?? c.Categories[i], c.Brands[i], double.IsNaN(c.Prices[i]) ? null : c.Prices[i], c.Available[i],
                source.Buyers[i], predicted?.CategoryConfidence);
        }
        return store.Titles([itemId]).TryGetValue(itemId, out var t)
            ? new ItemFacts(itemId, t.Title, t.Category, null, t.Price, true, 0, t.CategoryConfidence)
            : null;
    }

    /// <summary>Items whose id or title contains every word of <paramref name="text"/>, best-known first.</summary>
    public IReadOnlyList<ItemMatch> Search(string version, string text, int limit)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || Open(version) is not { } source) return [];
        return [.. Enumerable.Range(0, source.Items.Count)
            .Where(i => words.All(
                w => source.Catalog.Titles[i]?.Contains(w, StringComparison.OrdinalIgnoreCase) == true
                    || source.Items.Text(i).Contains(w, StringComparison.OrdinalIgnoreCase)))
            .OrderByDescending(i => source.Buyers[i]).ThenBy(i => i).Take(limit)
            .Select(i => new ItemMatch(source.Items.Text(i), source.Catalog.Titles[i]))];
    }

    /// <summary>Some users to begin with: with a short, a usual and a long history. The choice depends on nothing but the data.</summary>
    public IReadOnlyList<(string UserId, int Items)> Samples(string version)
    {
        if (Open(version) is not { } source) return [];
        var rows = source.Interactions.ByUser;
        int[] users = [.. Enumerable.Range(0, rows.Rows).Where(u => rows.RowLength(u) > 0).OrderBy(rows.RowLength).ThenBy(u => u)];
        if (users.Length == 0) return [];
        return [.. new[] { 0.1, 0.5, 0.9, 1 }
            .Select(q => users[(int)(q * (users.Length - 1))])
            .Distinct()
            .Select(u => (source.Users.Text(u), rows.RowLength(u)))];
    }

    private Source? Open(string version)
    {
        if (store.Find(version) is not { } record || runs.Find(record.RunId) is not { } run || runs.Folder(run, StageNames.Ingest) is not { } folder
            // Histories go when users ask to be forgotten; the lists stay without a look behind them.
            || !File.Exists(Path.Combine(folder, IngestArtifacts.Interactions)))
        {
            lock (_gate) _last = null;
            return null;
        }
        lock (_gate)
        {
            if (_last?.Folder == folder) return _last.Value.Source;
            _last = null;
            var source = new Source(
                IngestArtifacts.ReadInteractions(folder), IngestArtifacts.ReadUsers(folder), IngestArtifacts.ReadItems(folder),
                IngestArtifacts.ReadCatalog(folder));
            _last = (folder, source);
            return source;
        }
    }

    private sealed record Source(InteractionMatrix Interactions, IdMap Users, IdMap Items, Catalog Catalog)
    {
        public int[] Buyers { get; } = Count(Interactions);

        private static int[] Count(InteractionMatrix interactions)
        {
            var buyers = new int[interactions.Items];
            foreach (int item in interactions.ByUser.Indices.AsSpan(0, interactions.Count)) buyers[item]++;
            return buyers;
        }
    }
}
