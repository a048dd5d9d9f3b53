using System.Text;

namespace Recsys.Batch.Pipeline.Data;

/// <summary>
/// External ids (UTF-8 bytes) to dense int32 indices and back. Appended only, so an index given one night is the same the next.
/// One writer at a time; readers may share it between writes.
/// </summary>
internal sealed class IdMap
{
    private byte[] _bytes;
    private int[] _offsets;
    private int[] _slots;

    public IdMap(int capacity = 1024)
    {
        _bytes = new byte[Math.Max(16, capacity * 8)];
        _offsets = new int[capacity + 1];
        _slots = new int[SlotsFor(capacity)];
    }

    public int Count { get; private set; }

    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            return _bytes.AsSpan(_offsets[index], _offsets[index + 1] - _offsets[index]);
        }
    }

    /// <summary><see cref="Count"/> + 1 ascending offsets into <see cref="Bytes"/>.</summary>
    public ReadOnlySpan<int> Offsets => _offsets.AsSpan(0, Count + 1);

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _offsets[Count]);

    public string Text(int index) => Encoding.UTF8.GetString(this[index]);

    /// <summary>The index of <paramref name="id"/>, or -1.</summary>
    public int Find(ReadOnlySpan<byte> id)
    {
        int mask = _slots.Length - 1;
        for (int at = (int)Hash(id) & mask; ; at = (at + 1) & mask)
        {
            int stored = _slots[at] - 1;
            if (stored < 0) return -1;
            if (this[stored].SequenceEqual(id)) return stored;
        }
    }

    public int Find(string id) => Find(Encoding.UTF8.GetBytes(id));

    /// <summary>The index of <paramref name="id"/>, appended if it is new.</summary>
    public int Add(ReadOnlySpan<byte> id)
    {
        int mask = _slots.Length - 1;
        int at = (int)Hash(id) & mask;
        while (_slots[at] != 0)
        {
            if (this[_slots[at] - 1].SequenceEqual(id)) return _slots[at] - 1;
            at = (at + 1) & mask;
        }
        int index = Count;
        int end = checked(_offsets[index] + id.Length);
        if (end > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(end, _bytes.Length * 2L)));
        if (index + 2 > _offsets.Length) Array.Resize(ref _offsets, _offsets.Length * 2);
        id.CopyTo(_bytes.AsSpan(_offsets[index]));
        _offsets[index + 1] = end;
        Count = index + 1;
        _slots[at] = Count;
        if (Count * 2 > _slots.Length) Grow();
        return index;
    }

    public int Add(string id) => Add(Encoding.UTF8.GetBytes(id));

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        int mask = _slots.Length - 1;
        for (int i = 0; i < Count; i++)
        {
            int at = (int)Hash(this[i]) & mask;
            while (_slots[at] != 0) at = (at + 1) & mask;
            _slots[at] = i + 1;
        }
    }

    private static int SlotsFor(int capacity)
    {
        int slots = 64;
        while (slots < capacity * 2) slots *= 2;
        return slots;
    }

    // Multiply-xorshift over 8-byte words: ids are short, and the map's order never depends on the hash.
    private static uint Hash(ReadOnlySpan<byte> id)
    {
        ulong h = 0x9E3779B97F4A7C15UL ^ (ulong)id.Length;
        while (id.Length >= 8)
        {
            h = (h ^ BitConverter.ToUInt64(id)) * 0xD6E8FEB86659FD93UL;
            h ^= h >> 32;
            id = id[8..];
        }
        ulong tail = 0;
        for (int i = 0; i < id.Length; i++) tail |= (ulong)id[i] << (8 * i);
        h = (h ^ tail) * 0xD6E8FEB86659FD93UL;
        h ^= h >> 32;
        h *= 0xD6E8FEB86659FD93UL;
        return (uint)(h >> 32);
    }
}
