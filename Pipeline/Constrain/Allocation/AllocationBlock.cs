using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>
/// What allocation knows of a block of users: for each the entries of the list and, behind them by descending weight, who else could stand there. 12 bytes a
/// candidate, on disk between rounds; arrays may be longer than what they hold, so that they are used again for the next block.
/// </summary>
internal sealed class AllocationBlock
{
    private AllocationBlock(int[] users, int[] offsets, int[] lengths, int[] items, float[] weights, int[] source)
    {
        (Count, Users, Offsets, Lengths, Items, Weights, Source) = (users.Length, users, offsets, lengths, items, weights, source);
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

    /// <summary>Of an entry the number of the rule that placed it, of another its index in the reserve.</summary>
    public int[] Source { get; private set; }

    public static AllocationBlock Of(RecommendationBlock draft)
    {
        var reserve = draft.Reserve ?? throw new ArgumentException("lists come without a reserve", nameof(draft));
        int users = draft.Users.Length, total = draft.Items.Length + reserve.Items.Length;
        var (offsets, lengths, items, weights, source) = (new int[users + 1], new int[users], new int[total], new float[total], new int[total]);
        int at = 0;
        for (int u = 0; u < users; u++)
        {
            for (int entry = draft.Offsets[u]; entry < draft.Offsets[u + 1]; entry++, at++)
                (items[at], weights[at], source[at]) = (draft.Items[entry], draft.Scores[entry], draft.PlacedBy?[entry] ?? 0);
            lengths[u] = draft.Offsets[u + 1] - draft.Offsets[u];
            int first = reserve.Offsets[u], count = reserve.Offsets[u + 1] - first;
            for (int k = first; k < first + count; k++)
                (items[at], weights[at], source[at++]) = (reserve.Items[k], reserve.Weights[k], k);
            offsets[u + 1] = at;
        }
        return new AllocationBlock(draft.Users, offsets, lengths, items, weights, source);
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
        Write<int>(to, Source);
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
        block.Source = Read(from, counts[1], block.Source);
        return block;
    }

    private static void Write<T>(Stream to, ReadOnlySpan<T> values) where T : unmanaged => to.Write(MemoryMarshal.AsBytes(values));

    private static T[] Read<T>(Stream from, int count, T[] into) where T : unmanaged
    {
        if (into.Length < count) into = new T[count];
        from.ReadExactly(MemoryMarshal.AsBytes(into.AsSpan(0, count)));
        return into;
    }
}
