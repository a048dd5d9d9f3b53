using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Lists of the published version for users who come in ordinal order of their ids: one pass over the table, no map of it.</summary>
internal sealed class PublishedLists : IDisposable
{
    private readonly IEnumerator<(string UserId, IReadOnlyList<string> ItemIds)>? _lists;
    private readonly IdMap _users;
    private readonly IdMap _items;
    private byte[]? _at;

    public PublishedLists(IOutputStore store, IdMap users, IdMap items)
    {
        (_users, _items) = (users, items);
        if (store.Current is not { } current) return;
        _lists = store.Lists(current).GetEnumerator();
        Move();
    }

    public bool IsEmpty => _at is null;

    /// <summary>The user's list, -1 for an item that is no longer known; null where the user had none.</summary>
    public int[]? Of(int user)
    {
        var id = _users[user];
        while (_at is not null && _at.AsSpan().SequenceCompareTo(id) < 0) Move();
        return _at is not null && id.SequenceEqual(_at) ? [.. _lists!.Current.ItemIds.Select(_items.Find)] : null;
    }

    public void Dispose() => _lists?.Dispose();

    private void Move() => _at = _lists!.MoveNext() ? Encoding.UTF8.GetBytes(_lists.Current.UserId) : null;
}
