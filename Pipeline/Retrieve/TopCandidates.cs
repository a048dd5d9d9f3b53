using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// The candidates of a block of users that have passed their user's threshold so far. A full slot is cut back to its best M, and the threshold raised to
/// a score that M of the items seen and allowed reach: an item below it cannot be in the answer.
/// Scores may come in approximately: then a slot has a margin that no score errs by more than, a cut keeps all that might be among the best M, and those are
/// scored exactly at the end, or before where they are too many.
/// Or they come in from above, as what a score is at most. Then the best of those are kept, several M, and scored at the end from the best on, until none that
/// is left may be among the best M. What had been dropped by then may be, seldom: such a slot is named, and goes through all items once more, from the score
/// on that M are known to reach. <c>users x (capacity + 32) x 8</c> bytes with capacity = max(512, 4 M), and four times that for scores from above.
/// </summary>
internal sealed unsafe partial class TopCandidates
{
    private const int Slack = 32;

    private readonly int _depth;
    private readonly int _kept;
    private readonly int _capacity;
    private readonly int _stride;
    private readonly AlignedFloats _scores;
    private readonly int[] _items;
    private readonly int[] _counts;
    private readonly int[] _clean;
    private readonly float[] _thresholds;
    private readonly float[] _margins;
    private readonly int[] _exactCounts;
    private readonly bool _above;
    private readonly float[] _dropped;
    private readonly float[] _floors;
    private readonly ExactScores? _exact;
    private readonly OrderedScores _ordered;
    private readonly ulong[] _keys;
    private readonly RetrievalMask _mask;
    private readonly float* _score;
    private readonly int* _item;
    private int[] _users = [];

    /// <param name="exact">Where exact scores come from if those given are approximate; null where they are exact.</param>
    /// <param name="above">Whether scores come in from above, the margin aside.</param>
    public TopCandidates(int slots, int depth, RetrievalMask mask, ExactScores? exact = null, bool above = false)
    {
        (_exact, _above) = (exact, above);
        _dropped = new float[slots];
        _floors = new float[slots];
        _margins = new float[slots];
        _exactCounts = new int[slots];
        _depth = depth;
        _kept = above ? CapacityOf(depth) : depth;
        _capacity = above ? 4 * _kept : CapacityOf(depth);
        _stride = _capacity + Slack;
        _scores = new AlignedFloats((long)slots * _stride);
        _items = GC.AllocateArray<int>(checked(slots * _stride), pinned: true);
        _counts = new int[slots];
        _clean = new int[slots];
        _thresholds = new float[slots];
        _ordered = new OrderedScores(_stride);
        _keys = new ulong[_stride];
        _mask = mask;
        _score = _scores.Pointer;
        fixed (int* at = _items) _item = at;
    }

    public static int CapacityOf(int depth) => Math.Max(512, checked(4 * depth));

    /// <summary>A slot's threshold, less its margin: a score must reach it to be kept.</summary>
    public ReadOnlySpan<float> Thresholds => _thresholds;

    public void Start(int[] users)
    {
        _users = users;
        _counts.AsSpan().Clear();
        _clean.AsSpan().Clear();
        _thresholds.AsSpan().Fill(float.NegativeInfinity);
        _margins.AsSpan().Clear();
        _exactCounts.AsSpan().Clear();
        _dropped.AsSpan().Fill(float.NegativeInfinity);
        _floors.AsSpan().Fill(float.NegativeInfinity);
    }

    /// <summary>No approximate score to come errs by more than <paramref name="margin"/>.</summary>
    public void SetMargin(int slot, float margin) => _margins[slot] = margin;

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

    /// <summary>Keeps the scores that reach the slot's threshold.</summary>
    /// <param name="count">A multiple of 16.</param>
    public void Add(int slot, float* scores, int* items, int count)
    {
        for (int i = 0; i < count; i += 16)
        {
            if (Vector512.IsHardwareAccelerated)
            {
                Add(slot, Vector512.Load(scores + i), Vector512.Load(items + i));
                continue;
            }
            for (int half = i; half < i + 16; half += 8)
            {
                uint mask = Vector256.GreaterThanOrEqual(Vector256.Load(scores + half), Vector256.Create(_thresholds[slot])).ExtractMostSignificantBits();
                for (; mask != 0; mask &= mask - 1)
                {
                    int lane = half + BitOperations.TrailingZeroCount(mask);
                    Add(slot, scores[lane], items[lane]);
                }
            }
        }
    }

    /// <summary>
    /// Scores what may be among the slot's best M. False where something that was dropped may be, too: then the slot is empty again, and all items are to come
    /// once more.
    /// </summary>
    public bool Settle(int slot)
    {
        if (!_above) return true;
        Cut(slot, last: true);
        // The threshold is the M-th best score less the margin, and what was dropped has a score of at most that and the margin.
        if (float.IsNegativeInfinity(_dropped[slot]) || _thresholds[slot] > _dropped[slot]) return true;
        _counts[slot] = _clean[slot] = _exactCounts[slot] = 0;
        _dropped[slot] = float.NegativeInfinity;
        _floors[slot] = _thresholds[slot];
        return false;
    }

    /// <summary>Writes a slot's answer to user <paramref name="at"/> of <paramref name="to"/>; of scores from above, of a slot that is settled.</summary>
    public void Finish(int slot, CandidateBlock to, int at)
    {
        if (!_above) Cut(slot, last: true);
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

    /// <summary>Cuts a slot back to what may be among its best M, and raises its threshold.</summary>
    public void Cut(int slot) => Cut(slot, last: false);
}
