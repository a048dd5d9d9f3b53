using System.Numerics;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// The order of candidates as one integer: descending score, ties by ascending item index, so that the smaller key is the better candidate.
/// </summary>
internal static class TopOrder
{
    public static ulong Key(float score, int item)
    {
        // Adding zero makes -0 and +0, which compare equal, one value.
        int bits = BitConverter.SingleToInt32Bits(score + 0f);
        uint ascending = (uint)(bits ^ ((bits >> 31) | int.MinValue));
        return (ulong)~ascending << 32 | (uint)item;
    }

    public static float Score(ulong key)
    {
        uint ascending = ~(uint)(key >> 32);
        return BitConverter.UInt32BitsToSingle((ascending & 0x8000_0000) != 0 ? ascending ^ 0x8000_0000 : ~ascending);
    }

    public static int Item(ulong key) => (int)(uint)key;

    /// <summary>
    /// Moves the <paramref name="count"/> smallest keys to the front, in no order, by quickselect (Hoare 1961) with a median of three;
    /// keys that defeat it are sorted instead, so the time stays O(n log n). Keys are distinct.
    /// </summary>
    public static void MoveBest(Span<ulong> keys, int count)
    {
        int low = 0;
        int high = keys.Length - 1;
        int rounds = 2 * BitOperations.Log2((uint)Math.Max(1, keys.Length)) + 8;
        while (low < high)
        {
            if (rounds-- == 0)
            {
                keys[low..(high + 1)].Sort();
                return;
            }
            ulong pivot = MedianOfThree(keys[low], keys[low + (high - low) / 2], keys[high]);
            int i = low;
            int j = high;
            while (i <= j)
            {
                while (keys[i] < pivot) i++;
                while (keys[j] > pivot) j--;
                if (i > j) break;
                (keys[i], keys[j]) = (keys[j], keys[i]);
                i++;
                j--;
            }
            if (count - 1 <= j) high = j;
            else if (count - 1 >= i) low = i;
            else return;
        }
    }

    private static ulong MedianOfThree(ulong a, ulong b, ulong c) =>
        Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
