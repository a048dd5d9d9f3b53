using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// The candidates of a block of users that have passed their user's threshold so far. A full slot is cut back to its best M, and the threshold raised to
/// a score that M of the items seen and allowed reach: an item below it cannot be in the answer.
/// <c>users x (capacity + 32) x 8</c> bytes with capacity = max(512, 4 M).
/// </summary>
internal sealed unsafe class Survivors
{
    private const int Slack = 32;

    private readonly int _depth;
    private readonly int _capacity;
    private readonly int _stride;
    private readonly AlignedFloats _scores;
    private readonly int[] _items;
    private readonly int[] _counts;
    private readonly int[] _clean;
    private readonly float[] _thresholds;
    private readonly int[] _values;
    private readonly ulong[] _keys;
    private readonly RetrievalMask _mask;
    private readonly float* _score;
    private readonly int* _item;
    private int[] _users = [];

    public Survivors(int slots, int depth, RetrievalMask mask)
    {
        _depth = depth;
        _capacity = CapacityOf(depth);
        _stride = _capacity + Slack;
        _scores = new AlignedFloats((long)slots * _stride);
        _items = GC.AllocateArray<int>(checked(slots * _stride), pinned: true);
        _counts = new int[slots];
        _clean = new int[slots];
        _thresholds = new float[slots];
        _values = new int[_stride];
        _keys = new ulong[_stride];
        _mask = mask;
        _score = _scores.Pointer;
        fixed (int* at = _items) _item = at;
    }

    public static int CapacityOf(int depth) => Math.Max(512, checked(4 * depth));

    /// <summary>A slot's threshold: a score must reach it to be kept.</summary>
    public ReadOnlySpan<float> Thresholds => _thresholds;

    public void Start(int[] users)
    {
        _users = users;
        _counts.AsSpan().Clear();
        _clean.AsSpan().Clear();
        _thresholds.AsSpan().Fill(float.NegativeInfinity);
    }

    /// <summary>Keeps the lanes of <paramref name="scores"/> that reach the slot's threshold; lane i is item <c>items[i]</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int slot, Vector512<float> scores, Vector512<int> items)
    {
        var passes = Vector512.GreaterThanOrEqual(scores, Vector512.Create(_thresholds[slot]));
        ulong mask = passes.ExtractMostSignificantBits();
        if (mask == 0) return;
        if (!Avx512F.IsSupported)
        {
            for (; mask != 0; mask &= mask - 1)
            {
                int lane = BitOperations.TrailingZeroCount(mask);
                Add(slot, scores[lane], items[lane]);
            }
            return;
        }
        int count = _counts[slot];
        nint at = (nint)slot * _stride + count;
        Avx512F.Compress(Vector512<float>.Zero, passes, scores).Store(_score + at);
        Avx512F.Compress(Vector512<int>.Zero, passes.AsInt32(), items).Store(_item + at);
        _counts[slot] = count += BitOperations.PopCount(mask);
        if (count >= _capacity) Cut(slot);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int slot, float score, int item)
    {
        if (!(score >= _thresholds[slot])) return;
        int count = _counts[slot];
        _score[(nint)slot * _stride + count] = score;
        _item[(nint)slot * _stride + count] = item;
        _counts[slot] = ++count;
        if (count >= _capacity) Cut(slot);
    }

    /// <summary>Writes a slot's answer to user <paramref name="at"/> of <paramref name="to"/>.</summary>
    public void Finish(int slot, CandidateBlock to, int at)
    {
        Cut(slot);
        nint start = (nint)slot * _stride;
        int count = _counts[slot];
        for (int k = 0; k < count; k++) _keys[k] = TopOrder.Key(_score[start + k], _item[start + k]);
        _keys.AsSpan(0, count).Sort();
        to.Counts[at] = count;
        for (int k = 0; k < count; k++)
        {
            to.Items[at * to.Depth + k] = TopOrder.Item(_keys[k]);
            to.Scores[at * to.Depth + k] = TopOrder.Score(_keys[k]);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Cut(int slot)
    {
        float* scores = _score + (nint)slot * _stride;
        int* items = _item + (nint)slot * _stride;
        int kept = DropRuledOut(slot, scores, items);
        if (kept >= _depth) kept = Avx512F.IsSupported ? KeepBestByValue(slot, scores, items, kept) : KeepBestByKey(slot, scores, items, kept);
        _counts[slot] = _clean[slot] = kept;
    }

    private int DropRuledOut(int slot, float* scores, int* items)
    {
        _mask.TurnTo(_users[slot]);
        int kept = _clean[slot];
        int count = _counts[slot];
        for (int k = kept; k < count; k++)
        {
            // Written either way: what is ruled out is overwritten by the next.
            int item = items[k];
            scores[kept] = scores[k];
            items[kept] = item;
            kept += item >= 0 && !_mask.RulesOut(item) ? 1 : 0;
        }
        return kept;
    }

    /// <summary>Finds a value that exactly M scores reach by bisection, which reads 16 scores an instruction; ties across the last place are left to the keys.</summary>
    private int KeepBestByValue(int slot, float* scores, int* items, int count)
    {
        fixed (int* values = _values)
        {
            var least = Vector512.Create(int.MaxValue);
            var most = Vector512.Create(int.MinValue);
            for (int k = 0; k < count; k += 16)
            {
                // Integers in the order of the floats; adding zero makes -0 and +0 one.
                var bits = (Vector512.Load(scores + k) + Vector512<float>.Zero).AsInt32();
                var value = bits ^ ((bits >> 31) & Vector512.Create(int.MaxValue));
                if (k + 16 > count)
                {
                    var beyond = Vector512.GreaterThanOrEqual(Vector512<int>.Indices, Vector512.Create(count - k));
                    least = Vector512.Min(least, Vector512.ConditionalSelect(beyond, Vector512.Create(int.MaxValue), value));
                    value = Vector512.ConditionalSelect(beyond, Vector512.Create(int.MinValue), value);
                }
                else
                {
                    least = Vector512.Min(least, value);
                }
                most = Vector512.Max(most, value);
                value.Store(values + k);
            }
            long low = Lowest(least), high = -Lowest(~most) - 1;
            int reached = count;
            while (low < high && reached > _depth)
            {
                long middle = low + (high - low + 1) / 2;
                int above = CountReaching(values, count, (int)middle);
                if (above >= _depth) (low, reached) = (middle, above);
                else high = middle - 1;
            }
            if (reached > _depth) return KeepBestByKey(slot, scores, items, count);
            int threshold = (int)low;
            int kept = 0;
            for (int k = 0; k < count; k += 16)
            {
                var passes = Vector512.GreaterThanOrEqual(Vector512.Load(values + k), Vector512.Create(threshold));
                var score = Avx512F.Compress(Vector512<float>.Zero, passes.AsSingle(), Vector512.Load(scores + k));
                var item = Avx512F.Compress(Vector512<int>.Zero, passes, Vector512.Load(items + k));
                score.Store(scores + kept);
                item.Store(items + kept);
                kept += BitOperations.PopCount(passes.ExtractMostSignificantBits());
            }
            _thresholds[slot] = BitConverter.Int32BitsToSingle(threshold ^ ((threshold >> 31) & int.MaxValue));
            return kept;
        }
    }

    private static int Lowest(Vector512<int> values)
    {
        var half = Vector256.Min(values.GetLower(), values.GetUpper());
        var quarter = Vector128.Min(half.GetLower(), half.GetUpper());
        return Math.Min(Math.Min(quarter[0], quarter[1]), Math.Min(quarter[2], quarter[3]));
    }

    private static int CountReaching(int* values, int count, int threshold)
    {
        var bound = Vector512.Create(threshold);
        int reaching = 0;
        for (int k = 0; k < count; k += 16)
            reaching += BitOperations.PopCount(Vector512.GreaterThanOrEqual(Vector512.Load(values + k), bound).ExtractMostSignificantBits());
        return reaching;
    }

    private int KeepBestByKey(int slot, float* scores, int* items, int count)
    {
        var keys = _keys.AsSpan(0, count);
        for (int k = 0; k < count; k++) keys[k] = TopOrder.Key(scores[k], items[k]);
        TopOrder.MoveBest(keys, _depth);
        ulong worst = 0;
        for (int k = 0; k < _depth; k++)
        {
            scores[k] = TopOrder.Score(keys[k]);
            items[k] = TopOrder.Item(keys[k]);
            worst = Math.Max(worst, keys[k]);
        }
        _thresholds[slot] = TopOrder.Score(worst);
        return _depth;
    }
}
