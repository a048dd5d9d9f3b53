namespace Recsys.Batch.Pipeline.Data;

/// <summary>A set of items, one bit an item.</summary>
internal sealed class ItemSet
{
    private readonly ulong[] _bits;

    public ItemSet(int items)
    {
        Items = items;
        _bits = new ulong[(items + 63) / 64];
    }

    public static ItemSet Of(int items, Func<int, bool> isIn)
    {
        var set = new ItemSet(items);
        for (int item = 0; item < items; item++)
            if (isIn(item)) set.Add(item);
        return set;
    }

    /// <summary>Items there are, in the set or not.</summary>
    public int Items { get; }

    public int Count
    {
        get
        {
            int count = 0;
            foreach (ulong bits in _bits) count += System.Numerics.BitOperations.PopCount(bits);
            return count;
        }
    }

    /// <summary>64 items a word, the lowest bit first.</summary>
    public ReadOnlySpan<ulong> Words => _bits;

    public bool Contains(int item) => (_bits[item >> 6] >> (item & 63) & 1) != 0;

    public void Add(int item) => _bits[item >> 6] |= 1UL << (item & 63);

    public void Add(ItemSet other)
    {
        for (int word = 0; word < _bits.Length; word++) _bits[word] |= other._bits[word];
    }

    /// <summary>Keeps what the other has too.</summary>
    public void Keep(ItemSet other)
    {
        for (int word = 0; word < _bits.Length; word++) _bits[word] &= other._bits[word];
    }

    public bool Meets(ItemSet other)
    {
        for (int word = 0; word < _bits.Length; word++)
            if ((_bits[word] & other._bits[word]) != 0) return true;
        return false;
    }

    public ItemSet Complement() => Of(Items, item => !Contains(item));

    public bool[] ToArray() => [.. Enumerable.Range(0, Items).Select(Contains)];
}
