namespace Recsys.Batch.Pipeline.Publish;

/// <summary>One entry of a list, for people.</summary>
internal sealed record TitledEntry(ListEntry Entry, string? Title, IReadOnlyList<(string ItemId, string? Title)> ReasonItems);

/// <param name="IsDefault">The user has no list of their own in that version; these are the defaults of segment <c>all</c>.</param>
internal sealed record UserList(string UserId, string Version, bool IsDefault, IReadOnlyList<TitledEntry> Entries);

/// <summary>Reads published lists with titles.</summary>
internal sealed class UserLists(IOutputStore store)
{
    /// <summary>The list of <paramref name="userId"/> in a version (null: the current one); the segment's defaults where the user has none.</summary>
    /// <exception cref="Errors.ConfigurationException">Nothing is published, or there is no complete version of that name.</exception>
    public UserList Read(string userId, string? version = null)
    {
        string name = Complete(version);
        var own = store.Read(userId, name);
        var list = own ?? store.ReadSegment("all", name);
        string? Title(string id) => list.Titles.TryGetValue(id, out var t) ? t.Title : null;
        return new UserList(
            userId, name, own is null,
            list is null ? [] : [.. list.Entries.Select(e => new TitledEntry(e, Title(e.ItemId), [.. e.ReasonItems.Select(r => (r, Title(r)))]))]);
    }

    /// <summary>How the lists of two versions differ over all users.</summary>
    public VersionComparison Compare(string? before, string after) => VersionComparison.Of(store, Complete(before), Complete(after));

    private string Complete(string? version)
    {
        if (version is null) return store.Current ?? throw new Errors.ConfigurationException("nothing is published yet; run 'run nightly' first");
        return store.Find(version) is { IsComplete: true }
            ? version
            : throw new Errors.ConfigurationException($"there is no complete version '{version}'; see 'versions list'");
    }
}
