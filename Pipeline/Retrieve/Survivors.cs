using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// The candidates of a block of users that have passed their user's threshold so far. A full slot is cut back to its best M, and the M-th score becomes
/// the threshold: at any time it is the M-th best of items seen and allowed, so an item below it cannot be in the answer.
/// <c>users x (capacity + 32) x 8</c> bytes with capacity = max(1024, 4 M).
/// </summary>
internal sealed class Survivors
{
    private const int Slack = 32;

    private readonly int _depth;
    private readonly int _capacity;
    private readonly int _stride;
    private readonly float[] _scores;
    private readonly int[] _items;
    private readonly int[] _counts;
    private readonly int[] _clean;
    private readonly float[] _thresholds;
    private readonly ulong[] _keys;
    private readonly RetrievalMask _mask;
    private int[] _users = [];

    public Survivors(int slots, int depth, RetrievalMask mask)
    {
        _depth = depth;
        _capacity = CapacityOf(depth);
        _stride = _capacity + Slack;
        _scores = new float[checked(slots * _stride)];
        _items = new int[slots * _stride];
        _counts = new int[slots];
        _clean = new int[slots];
        _thresholds = new float[slots];
        _keys = new ulong[_stride];
        _mask = mask;
    }

    public static int CapacityOf(int depth) => Math.Max(1024, checked(4 * depth));

    public int Slots => _counts.Length;

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
        if (mask != 0) Append(slot, scores, items, passes, mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int slot, Vector256<float> scores, Vector256<int> items)
    {
        uint mask = Vector256.GreaterThanOrEqual(scores, Vector256.Create(_thresholds[slot])).ExtractMostSignificantBits();
        if (mask == 0) return;
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            Append(slot, scores[lane], items[lane]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int slot, float score, int item)
    {
        if (score >= _thresholds[slot]) Append(slot, score, item);
    }

    /// <summary>Keeps the entries of <paramref name="scores"/>, a multiple of 16 of them, that reach the slot's threshold.</summary>
    public void Add(int slot, ReadOnlySpan<float> scores, ReadOnlySpan<int> items)
    {
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i < scores.Length; i += Vector512<float>.Count) Add(slot, Vector512.Create(scores[i..]), Vector512.Create(items[i..]));
        }
        for (; i < scores.Length; i++) Add(slot, scores[i], items[i]);
    }

    /// <summary>Writes a slot's answer to user <paramref name="at"/> of <paramref name="to"/>.</summary>
    public void Finish(int slot, CandidateBlock to, int at)
    {
        Cut(slot);
        int start = slot * _stride;
        int count = _counts[slot];
        for (int k = 0; k < count; k++) _keys[k] = TopOrder.Key(_scores[start + k], _items[start + k]);
        _keys.AsSpan(0, count).Sort();
        to.Counts[at] = count;
        for (int k = 0; k < count; k++)
        {
            to.Items[at * to.Depth + k] = TopOrder.Item(_keys[k]);
            to.Scores[at * to.Depth + k] = TopOrder.Score(_keys[k]);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Append(int slot, Vector512<float> scores, Vector512<int> items, Vector512<float> passes, ulong mask)
    {
        if (!Avx512F.IsSupported)
        {
            for (; mask != 0; mask &= mask - 1)
            {
                int lane = BitOperations.TrailingZeroCount(mask);
                Append(slot, scores[lane], items[lane]);
            }
            return;
        }
        int count = _counts[slot];
        nuint at = (nuint)(slot * _stride + count);
        Avx512F.Compress(Vector512<float>.Zero, passes, scores).StoreUnsafe(ref MemoryMarshal.GetArrayDataReference(_scores), at);
        Avx512F.Compress(Vector512<int>.Zero, passes.AsInt32(), items).StoreUnsafe(ref MemoryMarshal.GetArrayDataReference(_items), at);
        _counts[slot] = count += BitOperations.PopCount(mask);
        if (count >= _capacity) Cut(slot);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Append(int slot, float score, int item)
    {
        int count = _counts[slot];
        _scores[slot * _stride + count] = score;
        _items[slot * _stride + count] = item;
        _counts[slot] = ++count;
        if (count >= _capacity) Cut(slot);
    }

    private void Cut(int slot)
    {
        int start = slot * _stride;
        _mask.TurnTo(_users[slot]);
        int kept = _clean[slot];
        for (int k = kept; k < _counts[slot]; k++)
        {
            int item = _items[start + k];
            if (item < 0 || _mask.RulesOut(item)) continue;
            _scores[start + kept] = _scores[start + k];
            _items[start + kept] = item;
            kept++;
        }
        if (kept >= _depth)
        {
            var keys = _keys.AsSpan(0, kept);
            for (int k = 0; k < kept; k++) keys[k] = TopOrder.Key(_scores[start + k], _items[start + k]);
            TopOrder.MoveBest(keys, _depth);
            ulong worst = 0;
            kept = _depth;
            for (int k = 0; k < kept; k++)
            {
                _scores[start + k] = TopOrder.Score(keys[k]);
                _items[start + k] = TopOrder.Item(keys[k]);
                worst = Math.Max(worst, keys[k]);
            }
            _thresholds[slot] = TopOrder.Score(worst);
        }
        _counts[slot] = _clean[slot] = kept;
    }
}
