using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>
/// What allocation knows of a block of users: for each the entries of the list and, behind them by descending weight, who else could stand there. 8 bytes a
/// candidate and 4 an entry, on disk between rounds; arrays may be longer than what they hold, so that they are used again for the next block.
/// </summary>
internal sealed class AllocationBlock
{
    private int[] _placedBy;
    private int[] _entries = [];

    private AllocationBlock(int[] users, int[] offsets, int[] lengths, int[] items, float[] weights, int[] placedBy)
    {
        (Count, Users, Offsets, Lengths, Items, Weights, _placedBy) = (users.Length, users, offsets, lengths, items, weights, placedBy);
        FindEntries();
    }

    /// <summary>Users of the block.</summary>
    public int Count { get; private set; }

    public int[] Users { get; private set; }

    /// <summary>The candidates of user u are <c>[Offsets[u], Offsets[u + 1])</c>, the first <c>Lengths[u]</c> of which are the list.</summary>
    public int[] Offsets { get; private set; }

    public int[] Lengths { get; private set; }

    public int[] Items { get; private set; }

    /// <summary>Relevance, boost and diversity gain.</summary>
    public float[] Weights { get; private set; }

    /// <summary>The number of the rule that placed an entry of a user's list; 0: none.</summary>
    public int PlacedBy(int u, int entry) => _placedBy[_entries[u] + entry];

    public static AllocationBlock Of(RecommendationBlock draft)
    {
        var reserve = draft.Reserve ?? throw new ArgumentException("lists come without a reserve", nameof(draft));
        int users = draft.Users.Length, total = draft.Items.Length + reserve.Items.Length;
        var (offsets, lengths, items, weights) = (new int[users + 1], new int[users], new int[total], new float[total]);
        int at = 0;
        for (int u = 0; u < users; u++)
        {
            for (int entry = draft.Offsets[u]; entry < draft.Offsets[u + 1]; entry++, at++)
                (items[at], weights[at]) = (draft.Items[entry], draft.Scores[entry]);
            lengths[u] = draft.Offsets[u + 1] - draft.Offsets[u];
            int first = reserve.Offsets[u], count = reserve.Offsets[u + 1] - first;
            for (int k = first; k < first + count; k++)
                (items[at], weights[at++]) = (reserve.Items[k], reserve.Weights[k]);
            offsets[u + 1] = at;
        }
        return new AllocationBlock(draft.Users, offsets, lengths, items, weights, draft.PlacedBy ?? new int[draft.Items.Length]);
    }

    /// <summary>A scratch file of this run: the drafts that it is made from have their checksums.</summary>
    public void Write(string path)
    {
        using var to = File.Create(path);
        Write<int>(to, [Users.Length, Items.Length]);
        Write<int>(to, Users);
        Write<int>(to, Offsets);
        Write<int>(to, Lengths);
        Write<int>(to, Items);
        Write<float>(to, Weights);
        Write<int>(to, _placedBy);
    }

    /// <param name="into">A block that is not needed any more; null: there is none.</param>
    public static AllocationBlock Read(string path, AllocationBlock? into = null)
    {
        using var from = File.OpenRead(path);
        var block = into ?? new AllocationBlock([], [], [], [], [], []);
        Span<int> counts = stackalloc int[2];
        from.ReadExactly(MemoryMarshal.AsBytes(counts));
        block.Count = counts[0];
        block.Users = Read(from, counts[0], block.Users);
        block.Offsets = Read(from, counts[0] + 1, block.Offsets);
        block.Lengths = Read(from, counts[0], block.Lengths);
        block.Items = Read(from, counts[1], block.Items);
        block.Weights = Read(from, counts[1], block.Weights);
        block.FindEntries();
        block._placedBy = Read(from, block._entries[block.Count], block._placedBy);
        return block;
    }

    /// <summary>Where each list begins among all entries of the block.</summary>
    private void FindEntries()
    {
        if (_entries.Length <= Count) _entries = new int[Count + 1];
        for (int u = 0; u < Count; u++) _entries[u + 1] = _entries[u] + Lengths[u];
    }

    private static void Write<T>(Stream to, ReadOnlySpan<T> values) where T : unmanaged => to.Write(MemoryMarshal.AsBytes(values));

    private static T[] Read<T>(Stream from, int count, T[] into) where T : unmanaged
    {
        if (into.Length < count) into = new T[count];
        from.ReadExactly(MemoryMarshal.AsBytes(into.AsSpan(0, count)));
        return into;
    }
}
