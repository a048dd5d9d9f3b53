using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// The lists of the version that is current as lists are made, by user index, as an artifact of the stage: workers on other hosts, and a run that is taken up
/// again, hold new lists against the same ones.
/// </summary>
internal sealed class PreviousLists
{
    private const string File = "previous.bin";

    private readonly int[] _pointers;
    private readonly int[] _items;

    private PreviousLists(int[] pointers, int[] items) => (_pointers, _items) = (pointers, items);

    /// <summary>The user's items, best first; empty where there was no list.</summary>
    public ReadOnlySpan<int> Of(int user) => user + 1 < _pointers.Length ? _items.AsSpan(_pointers[user], _pointers[user + 1] - _pointers[user]) : [];

    public static PreviousLists From(IOutputStore store, IdMap users, IdMap items)
    {
        var lists = new int[users.Count][];
        if (store.Current is { } current)
        {
            foreach (var (userId, itemIds) in store.Lists(current))
                if (users.Find(userId) is >= 0 and var user) lists[user] = [.. itemIds.Select(items.Find).Where(i => i >= 0)];
        }
        return Of(lists);
    }

    /// <param name="lists">By user index; null: no list.</param>
    internal static PreviousLists Of(IReadOnlyList<int[]?> lists)
    {
        var pointers = new int[lists.Count + 1];
        for (int user = 0; user < lists.Count; user++) pointers[user + 1] = pointers[user] + (lists[user]?.Length ?? 0);
        return new PreviousLists(pointers, [.. lists.SelectMany(l => l ?? [])]);
    }

    public static bool IsThere(StageWork work) => System.IO.File.Exists(work.Output(File));

    public void Write(StageWork work)
    {
        using var to = new ArtifactWriter(work.Output(File));
        to.Write("pointers", _pointers).Write("items", _items);
        to.Complete();
    }

    public static PreviousLists Read(StageWork work)
    {
        var from = new ArtifactReader(work.Output(File));
        return new PreviousLists(from.Read<int>("pointers"), from.Read<int>("items"));
    }
}
