using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>
/// What allocation knows of a block of users: for each the entries of the list and, behind them by descending weight, who else could stand there. 12 bytes a
/// candidate, on disk between rounds.
/// </summary>
internal sealed class AllocationBlock
{
    private AllocationBlock(int[] users, int[] offsets, int[] lengths, int[] items, float[] weights, int[] source)
    {
        (Users, Offsets, Lengths, Items, Weights, Source) = (users, offsets, lengths, items, weights, source);
    }

    public int[] Users { get; }

    /// <summary>The candidates of user u are <c>[Offsets[u], Offsets[u + 1])</c>, the first <c>Lengths[u]</c> of which are the list.</summary>
    public int[] Offsets { get; }

    public int[] Lengths { get; }

    public int[] Items { get; }

    /// <summary>Relevance, boost and diversity gain.</summary>
    public float[] Weights { get; }

    /// <summary>Of an entry the number of the rule that placed it, of another its index in the reserve.</summary>
    public int[] Source { get; }

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

    public static AllocationBlock Read(string path)
    {
        using var from = File.OpenRead(path);
        var counts = Read<int>(from, 2);
        return new AllocationBlock(
            Read<int>(from, counts[0]), Read<int>(from, counts[0] + 1), Read<int>(from, counts[0]), Read<int>(from, counts[1]), Read<float>(from, counts[1]),
            Read<int>(from, counts[1]));
    }

    private static void Write<T>(Stream to, ReadOnlySpan<T> values) where T : unmanaged => to.Write(MemoryMarshal.AsBytes(values));

    private static T[] Read<T>(Stream from, int count) where T : unmanaged
    {
        var values = new T[count];
        from.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
