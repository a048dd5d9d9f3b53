using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// Scores as integers in the same order, so that the M-th best is found by bisection on its bits: a step counts 16 scores an instruction, and some ten steps
/// do where a selection by exchange would touch every score many times. One thread's; <c>capacity x 4</c> bytes.
/// </summary>
internal sealed unsafe class OrderedScores(int capacity)
{
    private readonly int[] _values = new int[capacity];
    private int _count;
    private int _least;
    private int _most;

    /// <summary>Takes the order of <paramref name="count"/> scores, which must be followed by room up to a multiple of 16.</summary>
    public void Fill(float* scores, int count)
    {
        _count = count;
        var least = Vector512.Create(int.MaxValue);
        var most = Vector512.Create(int.MinValue);
        fixed (int* values = _values)
        {
            for (int k = 0; k < count; k += 16)
            {
                // Adding zero makes -0 and +0 one.
                var bits = (Vector512.Load(scores + k) + Vector512<float>.Zero).AsInt32();
                var value = bits ^ ((bits >> 31) & Vector512.Create(int.MaxValue));
                var beyond = Vector512.GreaterThanOrEqual(Vector512<int>.Indices, Vector512.Create(count - k));
                least = Vector512.Min(least, Vector512.ConditionalSelect(beyond, Vector512.Create(int.MaxValue), value));
                value = Vector512.ConditionalSelect(beyond, Vector512.Create(int.MinValue), value);
                most = Vector512.Max(most, value);
                value.Store(values + k);
            }
        }
        _least = Lowest(least);
        _most = ~Lowest(~most);
    }

    /// <summary>A value that at least <paramref name="depth"/> scores reach: exactly so many, unless ties make them more.</summary>
    /// <param name="more">So many more are as well.</param>
    public (int Value, int Reached) ReachedBy(int depth, int more = 0)
    {
        long low = _least, high = _most;
        int reached = _count;
        while (low < high && reached > depth + more)
        {
            long middle = low + (high - low + 1) / 2;
            int above = CountReaching(_count, (int)middle);
            if (above >= depth) (low, reached) = (middle, above);
            else high = middle - 1;
        }
        return ((int)low, reached);
    }

    /// <summary>How many of the first <paramref name="count"/> scores reach a value.</summary>
    public int CountReaching(int count, int value)
    {
        var bound = Vector512.Create(value);
        int reaching = 0;
        fixed (int* values = _values)
        {
            int k = 0;
            if (!Vector512.IsHardwareAccelerated)
            {
                var counts = Vector256<int>.Zero;
                var below = Vector256.Create(value - 1);
                for (; value != int.MinValue && k + 8 <= count; k += 8) counts -= Vector256.GreaterThan(Vector256.Load(values + k), below);
                reaching = Vector256.Sum(counts);
            }
            for (; k + 16 <= count; k += 16)
                reaching += BitOperations.PopCount(Vector512.GreaterThanOrEqual(Vector512.Load(values + k), bound).ExtractMostSignificantBits());
            for (; k < count; k++)
                if (values[k] >= value) reaching++;
        }
        return reaching;
    }

    /// <summary>
    /// Moves the scores that reach a value, and their items, to the front in the order they had; returns how many they are. What lies behind the scores stays.
    /// </summary>
    public int Compress(float* scores, int* items, int value)
    {
        int kept = 0, at = 0;
        if (Avx512F.IsSupported)
        {
            fixed (int* values = _values)
            {
                // Whole registers are stored, so only whole ones are taken: what lies behind the scores is not theirs.
                for (; at + 16 <= _count; at += 16)
                {
                    var passes = Vector512.GreaterThanOrEqual(Vector512.Load(values + at), Vector512.Create(value));
                    var score = Avx512F.Compress(Vector512<float>.Zero, passes.AsSingle(), Vector512.Load(scores + at));
                    var item = Avx512F.Compress(Vector512<int>.Zero, passes, Vector512.Load(items + at));
                    score.Store(scores + kept);
                    item.Store(items + kept);
                    kept += BitOperations.PopCount(passes.ExtractMostSignificantBits());
                }
            }
        }
        for (; at < _count; at++)
        {
            // Written either way: what does not reach the value is overwritten by the next.
            (scores[kept], items[kept]) = (scores[at], items[at]);
            kept += _values[at] >= value ? 1 : 0;
        }
        return kept;
    }

    public static int ToOrdered(float value)
    {
        int bits = BitConverter.SingleToInt32Bits(value + 0f);
        return bits ^ ((bits >> 31) & int.MaxValue);
    }

    public static float ToFloat(int value) => BitConverter.Int32BitsToSingle(value ^ ((value >> 31) & int.MaxValue));

    private static int Lowest(Vector512<int> values)
    {
        var half = Vector256.Min(values.GetLower(), values.GetUpper());
        var quarter = Vector128.Min(half.GetLower(), half.GetUpper());
        return Math.Min(Math.Min(quarter[0], quarter[1]), Math.Min(quarter[2], quarter[3]));
    }
}
