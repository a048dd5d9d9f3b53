using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// A chunk of users in tiles that a kernel takes at once: factor k of a tile's users side by side, and the threshold of each. Rows that pad the last tile
/// have a threshold that nothing reaches. One thread's.
/// </summary>
internal sealed unsafe class UserTiles
{
    private readonly FactorMatrix _factors;
    private readonly AlignedFloats _values;
    private readonly AlignedFloats _thresholds;
    private readonly int[] _slots;

    public UserTiles(FactorMatrix factors, int users)
    {
        _factors = factors;
        int tiles = (users + Rows - 1) / Rows;
        _values = new AlignedFloats((long)tiles * Rows * factors.Rank);
        _thresholds = new AlignedFloats((long)tiles * Rows);
        _slots = new int[tiles * Rows];
    }

    /// <summary>Users a tile.</summary>
    public static int Rows => Vector512.IsHardwareAccelerated ? InnerProductTile512.Rows : InnerProductTile256.Rows;

    public int Count { get; private set; }

    /// <summary>Lays out the users that <paramref name="slots"/> names.</summary>
    public void Pack(ReadOnlySpan<int> slots, ReadOnlySpan<int> userOfSlot, ReadOnlySpan<float> thresholdOfSlot)
    {
        int rank = _factors.Rank;
        Count = (slots.Length + Rows - 1) / Rows;
        float* values = _values.Pointer;
        for (int at = 0; at < Count * Rows; at++)
        {
            float* to = values + (long)(at / Rows) * Rows * rank + at % Rows;
            _slots[at] = at < slots.Length ? slots[at] : -1;
            _thresholds.Pointer[at] = at < slots.Length ? thresholdOfSlot[slots[at]] : float.PositiveInfinity;
            if (at >= slots.Length)
            {
                for (int k = 0; k < rank; k++) to[k * Rows] = 0;
                continue;
            }
            var row = _factors.Row(userOfSlot[slots[at]]);
            ref float from = ref MemoryMarshal.GetReference(row);
            for (int k = 0; k < rank; k++) to[k * Rows] = System.Runtime.CompilerServices.Unsafe.Add(ref from, k);
        }
    }

    public float* Tile(int tile) => _values.Pointer + (long)tile * Rows * _factors.Rank;

    public float* Thresholds(int tile) => _thresholds.Pointer + tile * Rows;

    public ReadOnlySpan<int> Slots(int tile) => _slots.AsSpan(tile * Rows, Rows);
}
